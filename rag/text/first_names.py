"""First names that mostly one sex bears, in the languages that names in English texts come from.

Only a hint whom 'he' or 'she' can stand for: a name that is not here, or borne by both, can be either.
"""

from __future__ import annotations

from rag.text.words import fold_word

_MEN = (
    "aaron abdul abraham adam adrian ahmed alan albert alberto alejandro alexander alfred ali alistair ambrose anders "
    "andreas andrew andrei andrzej angelo angus ansel anselm anthony antoine anton antonio archibald arjun arnold "
    "arthur arturo august augustus barack barry bart basil ben benedict benjamin bernard bernd bernie bert bill bjorn "
    "bob boris brad brandon brian bruce bruno carl carlos cedric cesar charles chen chris christian christopher "
    "clarence claude claudio clement clive colin conrad cornelius craig cyril dan daniel danny darius dave david dean "
    "dennis derek desmond diego dieter dietrich dimitri dirk dmitri dmitry dominic don donald douglas duncan earl ed "
    "eduardo edgar edmund eduard edward edwin einar elias elliot emil emilio emmanuel enrico enrique eric erik ernest "
    "ernst erwin ethan eugene evan fabian fabio faisal felipe felix ferdinand fernando filip finn florian francesco "
    "francis francisco frank franz fred frederick fritz gareth gary gavin geoffrey george gerald gerard gerhard "
    "gilbert giorgio giovanni giuseppe glenn gordon graham greg gregory guido guillermo gunnar gunter gustav guy hamid "
    "hank hans harald harold harry harvey hassan hector heinrich helmut henri henrik henry herbert hermann hiroshi "
    "homer horace howard hubert hugh hugo humphrey hussein iain ian ibrahim igor imran isaac ivan ivo jack jacob "
    "jacques jake james jamal jamie jan jared jason javier jeff jeffrey jens jeremy jerome jim joachim joao joe joel "
    "johan johann john johannes johnny jon jonas jonathan jorge jose josef joseph joshua juan juergen julian julio jun "
    "karim karl kareem kaspar keith ken kenji kenneth kent kevin khalid klaus konrad kurt lars laszlo laurence "
    "lawrence lee len leo leon leonard leonardo leopold leroy leslie levi lewis liam linus lloyd louis luca lucas "
    "luigi luis lukas luke magnus malcolm manfred manuel marc marcel marco marcus mario marius mark martin marvin "
    "mathias matteo matthew matthias maurice max maximilian mehmet michael michel miguel mike mikhail miles milton "
    "mohamed mohammad mohammed moritz moses muhammad murray mustafa nathan nathaniel neil nelson nicholas nick nicolas "
    "niels nigel nikolai nils noah norbert norman olaf oleg oliver olivier omar orlando oscar oskar oswald otto owen "
    "pablo paolo pascal patrick paul pavel pedro per percy peter petr philip philippe pierre pietro piotr quentin "
    "rafael raj rajesh ralph ramon raphael raul ravi raymond reginald reinhard rene ricardo richard rick rob robert "
    "roberto rodney rodrigo roger roland rolf roman ron ronald ross roy rudolf rudolph rupert russell ryan salman "
    "salvador samuel sanjay santiago scott sean sebastian serge sergei sergey sergio seth shane sidney siegfried "
    "sigmund silvio simon stanley stefan stefano stephen stephan steve steven stuart sven tariq ted terence thaddeus "
    "theodor theodore thomas thorsten tim timothy tobias todd tom tomas tommy toni tony tristan udo ulrich umberto uwe "
    "vaclav victor vijay viktor vincent vincenzo vito vladimir volker volodymyr wallace walter warren wayne werner "
    "wesley wilfred wilhelm will william winston wolfgang yannick yuri yusuf zachary"
)
_WOMEN = (
    "abigail adele adriana agatha agnes agnieszka aisha alexandra alice alicia alina allison amanda amelia amina amy "
    "ana anastasia andrea angela angelina anika anita anja anke ann anna annabel anne anneke annette annie antonia "
    "astrid audrey aurora ayesha barbara bea beata beatrice beatrix becky bella bernadette bertha beth bettina betty "
    "bianca birgit birgitta bridget brigitte britta camilla carla carmen carol carolina caroline carrie catherine "
    "cecilia celia charlotte chiara chloe christa christina christine claire clara claudia clementine colette "
    "constance cora cordelia cornelia cynthia dagmar daisy daniela daphne deborah debra delia denise diana diane "
    "dolores dora doris dorothea dorothy edith edna eileen elaine eleanor elena elisa elisabeth elise eliza elizabeth "
    "ella ellen elsa elsie emily emma erica erika esmeralda esther ethel eugenia eva eve evelyn ewa fatima faye "
    "felicity fiona flora florence frances francesca franziska freda freya frida frieda gabriela gabriele gabrielle "
    "gemma genevieve georgia georgina geraldine gerda gertrude gillian gina gisela giulia gloria grace greta gretchen "
    "guadalupe gudrun hanna hannah harriet hazel heather hedwig heidi heike helen helena helene helga henrietta "
    "hermione hilary hilda hillary ida ilse imogen ines inga inge ingeborg ingrid irene irina iris irma isabel "
    "isabella isabelle isla jackie jacqueline jane janet janice jasmine jean jeanne jenna jennifer jenny jessica jill "
    "joan joanna jocelyn johanna josefina josephine joyce juanita judith judy julia juliana julie juliet june jutta "
    "karen karin karla kate katarina katherine kathleen kathryn katie katja katrin katrina kay kelly kerstin kirsten "
    "kristen kristina lara latifa laura lauren lea leah leila lena leonora leticia lidia lillian lily linda lisa liz "
    "lola lotte louisa louise lucia lucille lucinda lucy luisa lydia mabel madeleine magda magdalena maggie maja "
    "marcia margaret margarita margot maria mariam marian mariana marianne marie marina marion marjorie marlene marta "
    "martha martina mary mathilda matilda maud maura maureen mavis megan melanie melissa mercedes meredith michelle "
    "mildred mina minnie mira miranda miriam molly monica monika muriel nadia nadine nancy naomi natalia natalie "
    "natasha nell nina nora noreen odette olga olive olivia ottilie paloma pamela patricia paula pauline pearl peggy "
    "penelope petra philippa phoebe phyllis pilar polly priscilla priya rachel ramona rebecca regina renate rita "
    "roberta rosa rosalie rosalind rosa rose rosemary rosie roxanne ruth sabine sabrina sally samantha sandra sanna "
    "sara sarah selma sheila shirley sibylle signe sigrid silke silvia simone sofia solveig sonia sonja sophia sophie "
    "stacey stella stephanie susan susanna susanne suzanne svetlana sybil sylvia tamara tania tatiana teresa thelma "
    "theresa tilda tina tracy trudy ursula uta valentina valeria valerie vanessa vera verena veronica victoria viola "
    "violet virginia vivian wanda wendy wilhelmina wilma winifred yasmin yolanda yvette yvonne zainab zara zoe"
)
_PRONOUNS = {**dict.fromkeys(_MEN.split(), "he"), **dict.fromkeys(_WOMEN.split(), "she")}


def pronoun_of(first_name: str) -> str:
    """Return 'he' or 'she' for a first name that mostly one sex bears, '' for any other word."""
    return _PRONOUNS.get(fold_word(first_name), "")
