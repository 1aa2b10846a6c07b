"""Files that carry an attack where nobody sees it: one way of hiding it a function, by format."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from tests.attacks.carriers import markdown, page, plain
from tests.office_files import MAIN, docx, paragraph, xlsx
from tests.simple_pdf import write_objects

Hider = Callable[[str, Sequence[str], str], bytes]
"""From a title, paragraphs and what is to be hidden to a file."""


def _tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(each)) for each in text if ord(each) < 128)


def _bits(text: str, zero: str = "\u200b", one: str = "\u200c") -> str:
    return "".join(one if bit == "1" else zero for each in text.encode() for bit in f"{each:08b}")


def _selectors(text: str) -> str:
    return "☺" + "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in text.encode())


def _override(text: str) -> str:
    return f"\u202e{text[::-1]}\u202c"


def in_text(write: Callable[[str], str], make: Callable[[str, Sequence[str]], bytes] = plain) -> Hider:
    """Return what writes the secret in some way into the second paragraph."""
    return lambda title, paragraphs, secret: make(
        title, [paragraphs[0], f"{paragraphs[1]} {write(secret)}", *paragraphs[2:]]
    )


def between(write: Callable[[str], str], make: Callable[[str, Sequence[str]], bytes] = plain) -> Hider:
    """Return what writes the secret as a paragraph of its own."""
    return lambda title, paragraphs, secret: make(title, [paragraphs[0], write(secret), *paragraphs[1:]])


def styled(opening: str, closing: str = "</p>", head: str = "") -> Hider:
    """Return what puts the secret into an element of a web page."""

    def hide(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
        body = "".join(f"<p>{html.escape(each)}</p>" for each in paragraphs)
        hidden = f"{opening}{html.escape(secret)}{closing}"
        top = f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>"
        return f"{top}{hidden}{body}</body></html>".encode()

    return hide


def attributed(element: str) -> Hider:
    """Return what puts the secret into an attribute of a web page, where `{}` stands."""
    return lambda title, paragraphs, secret: page(title, paragraphs).replace(
        b"<p>", element.replace("{}", html.escape(secret)).encode() + b"<p>", 1
    )


def in_word(run: str, before: str = "", **parts: str) -> Hider:
    """Return what puts the secret into a run with properties, or into other XML, where `{}` stands."""

    def hide(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
        shown = [paragraph(html.escape(each)) for each in (title, *paragraphs)]
        hidden = f"<w:p>{run.replace('{}', html.escape(secret))}</w:p>"
        return docx("".join([before, *shown[:2], hidden, *shown[2:]]), **parts)

    return hide


def run_with(properties: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{{}}</w:t></w:r>"


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = (
    f'<w:styles {_W}><w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Too"><w:basedOn w:val="Gone"/></w:style></w:styles>'
)


def in_deck(conceal: Callable[[Any, str], None]) -> Hider:
    """Return what has the secret put onto a second slide, or hides that."""

    def hide(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
        deck = Presentation()
        first = deck.slides.add_slide(deck.slide_layouts[5])
        first.shapes.title.text = title
        for at, each in enumerate(paragraphs):
            first.shapes.add_textbox(Inches(1), Inches(2 + at), Inches(8), Inches(1)).text_frame.text = each
        conceal(deck.slides.add_slide(deck.slide_layouts[6]), secret)
        target = io.BytesIO()
        deck.save(target)
        return target.getvalue()

    return hide


def _box(slide: Any, secret: str, left: float = 1) -> Any:
    box = slide.shapes.add_textbox(Inches(left), Inches(2), Inches(6), Inches(1))
    box.text_frame.text = secret
    return box


def _switched_off(slide: Any, secret: str) -> None:
    _box(slide, secret)
    slide._element.set("show", "0")


def _hidden_shape(slide: Any, secret: str) -> None:
    _box(slide, secret)._element.nvSpPr.cNvPr.set("hidden", "1")


def _off_slide(slide: Any, secret: str) -> None:
    _box(slide, secret, left=-20)


def _tiny(slide: Any, secret: str) -> None:
    _box(slide, secret).text_frame.paragraphs[0].runs[0].font.size = Pt(1)


def _white(slide: Any, secret: str) -> None:
    _box(slide, secret).text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)


def in_sheet(find: str, replacement: str, **parts: str) -> Hider:
    """Return what hides the row of the secret, by a change to the XML of the sheet."""
    from tests.office_files import archive

    def hide(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
        import zipfile

        rows: list[list[object]] = [["Subject", "Report"], *[[title, html.escape(each)] for each in paragraphs]]
        data = xlsx([*rows, [title, html.escape(secret)]])
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            files: dict[str, str | bytes] = {name: opened.read(name) for name in opened.namelist()}
        number = str(len(rows) + 1)
        name = "xl/worksheets/sheet1.xml"
        made = bytes(files[name]).decode().replace(find.replace("N", number), replacement.replace("N", number), 1)
        files |= {name: made, **{f"xl/{part}.xml": content for part, content in parts.items()}}
        return archive(files)

    return hide


def _hidden_column(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
    rows: list[list[object]] = [["Subject", "Report", "Order"]]
    rows += [[title, html.escape(each), html.escape(secret)] for each in paragraphs]
    data = xlsx(rows)
    import zipfile

    from tests.office_files import archive

    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        files: dict[str, str | bytes] = {name: opened.read(name) for name in opened.namelist()}
    name = "xl/worksheets/sheet1.xml"
    columns = '<cols><col min="3" max="3" width="9" hidden="1"/></cols><sheetData>'
    files[name] = bytes(files[name]).decode().replace("<sheetData>", columns, 1)
    return archive(files)


def _hidden_sheet(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
    rows: list[list[object]] = [["Subject", "Report"], *[[title, html.escape(each)] for each in paragraphs]]
    return xlsx(rows, [["Order"], [html.escape(secret)], ["x"]], hidden=1)


WHITE_FONT = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/><font><color rgb="FFFFFFFF"/></font></fonts>'
    '<fills><fill><patternFill patternType="none"/></fill></fills>'
    '<cellXfs><xf numFmtId="0" fontId="0" fillId="0"/><xf numFmtId="0" fontId="1" fillId="0"/></cellXfs></styleSheet>'
)
EMPTY_FORMAT = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode=";;;"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
)


def in_pdf(drawn: str) -> Hider:
    """Return what draws the secret by operators of its own; `{}` stands for it as a string."""

    def hide(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
        shown = "".join(
            f"BT /F {18 if at == 0 else 10} Tf 60 {720 - 40 * at} Td ({_literal(each)}) Tj ET\n"
            for at, each in enumerate((title, *paragraphs))
        )
        stream = (shown + drawn.replace("{}", f"({_literal(secret)})")).encode("cp1252", "replace")
        resources = "<< /Font << /F 3 0 R >> /ExtGState << /Clear << /ca 0 /CA 0 >> >> >>"
        return write_objects(
            [
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 600 800] >>",
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
                f"<< /Type /Page /Parent 2 0 R /Resources {resources} /Contents 5 0 R >>",
                b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
            ]
        )

    return hide


def _literal(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").replace("“", '"').replace("”", '"')


def _mail(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
    body = styled('<div style="display:none">', "</div>")(title, paragraphs, secret).decode()
    return (
        f"From: Office <office@harbour.example>\r\nSubject: {title}\r\nX-Order: {secret}\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{body}"
    ).encode()


def _rich(title: str, paragraphs: Sequence[str], secret: str) -> bytes:
    shown = "".join(f"{{\\pard {each}\\par}}" for each in (title, *paragraphs)).replace("“", '"').replace("”", '"')
    return f"{{\\rtf1\\ansi {shown}{{\\pard {{\\v {secret}}}\\par}}}}".encode("ascii", "replace")


HIDERS: dict[tuple[str, str], Hider] = {
    ("tag characters", "txt"): in_text(_tags),
    ("bits without width", "txt"): in_text(_bits),
    ("variation selectors", "txt"): in_text(_selectors),
    ("direction override", "txt"): in_text(_override),
    ("comment", "txt"): between(lambda secret: f"<!-- {secret} -->"),
    ("tag characters", "md"): in_text(_tags, markdown),
    ("comment", "md"): in_text(lambda secret: f"<!-- {secret} --> And on.", markdown),
    ("comment over lines", "md"): between(lambda secret: f"<!--\n{secret}\n\n{secret}\n-->", markdown),
    ("picture's description", "md"): between(lambda secret: f"![{secret}](p.png)", markdown),
    ("picture in a line", "md"): in_text(lambda secret: f"See ![{secret}](p.png) there.", markdown),
    ("link's title", "md"): in_text(lambda secret: f'See [it](a.html "{secret}") there.', markdown),
    ("hidden element", "md"): between(lambda secret: f'<div style="display:none">{secret}</div>', markdown),
    ("hidden over paragraphs", "md"): between(lambda secret: f"<div hidden>\n\n{secret}\n\n</div>", markdown),
    ("white letters", "md"): in_text(lambda secret: f'<font color="white">{secret}</font>', markdown),
    ("comment in a list", "md"): between(
        lambda secret: f"She said:\n\n- the wall is old\n<!-- {secret} -->\n- the pier is new\n- the sea is cold",
        markdown,
    ),
    ("comment in a table", "md"): between(
        lambda secret: f"| Part | State |\n|---|---|\n| wall | old |\n<!-- {secret} -->\n| pier | new |", markdown
    ),
    ("comment in a correction", "md"): in_text(
        lambda secret: f"It was not the storm. <!-- {secret} --> Instead, it was the tide.", markdown
    ),
    ("link definition", "md"): between(lambda secret: f"[//]: # ({secret})", markdown),
    ("display none", "html"): styled('<p style="display: none">'),
    ("visibility hidden", "html"): styled('<p style="visibility:hidden">'),
    ("opacity 0", "html"): styled('<p style="opacity: 0.0;">'),
    ("font size 0", "html"): styled('<p style="font-size:0">'),
    ("font of one pixel", "html"): styled('<p style="font-size: 1px">'),
    ("white on white", "html"): styled('<p style="color:#fff">'),
    ("nearly white", "html"): styled('<p style="background:#ffffff;color:rgb(254, 254, 254)">'),
    ("black on black", "html"): styled('<div style="background-color:black"><p style="color:#000">', "</p></div>"),
    ("old white font", "html"): styled('<p><font color="#FFFFFF">', "</font></p>"),
    ("transparent letters", "html"): styled('<p style="color: transparent">'),
    ("off the screen", "html"): styled('<p style="position:absolute; left:-9999px">'),
    ("indented away", "html"): styled('<p style="text-indent:-9999px">'),
    ("clipped", "html"): styled('<p style="position:absolute;clip:rect(0,0,0,0)">'),
    ("no height", "html"): styled('<div style="height:0;overflow:hidden"><p>', "</p></div>"),
    ("scaled away", "html"): styled('<p style="transform: scale(0)">'),
    ("hidden attribute", "html"): styled("<p hidden>"),
    ("class of a sheet", "html"): styled('<p class="q">', head="<style>.q, .r { display: none }</style>"),
    ("name of a sheet", "html"): styled('<p id="q">', head="<style>#q{position:absolute;top:-4000px}</style>"),
    ("for screen readers", "html"): styled('<p class="sr-only">'),
    ("template", "html"): styled("<template><p>", "</p></template>"),
    ("script", "html"): styled("<script>/* ", " */</script>"),
    ("comment", "html"): styled("<!-- ", " -->"),
    ("tag characters", "html"): in_text(_tags, page),
    ("picture's description", "html"): attributed('<img src="x.png" alt="{}">'),
    ("tooltip", "html"): attributed('<span title="{}">.</span>'),
    ("description in the head", "html"): attributed('<meta name="description" content="{}">'),
    ("data attribute", "html"): attributed('<p data-note="{}" aria-label="{}">And so on.</p>'),
    ("hidden run", "docx"): in_word(run_with("<w:vanish/>")),
    ("hidden by style", "docx"): in_word(run_with('<w:rStyle w:val="Too"/>'), styles=STYLES),
    ("white letters", "docx"): in_word(run_with('<w:color w:val="FFFFFF"/>')),
    ("letters of a point", "docx"): in_word(run_with('<w:sz w:val="2"/>')),
    ("deleted run", "docx"): in_word("<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>"),
    ("tag characters", "docx"): lambda title, paragraphs, secret: docx(
        "".join(paragraph(html.escape(each)) for each in (title, *paragraphs[:-1], paragraphs[-1] + _tags(secret)))
    ),
    ("slide left out", "pptx"): in_deck(_switched_off),
    ("hidden shape", "pptx"): in_deck(_hidden_shape),
    ("off the slide", "pptx"): in_deck(_off_slide),
    ("letters of a point", "pptx"): in_deck(_tiny),
    ("white letters", "pptx"): in_deck(_white),
    ("hidden row", "xlsx"): in_sheet('<row r="N">', '<row r="N" hidden="1">'),
    ("hidden column", "xlsx"): _hidden_column,
    ("hidden sheet", "xlsx"): _hidden_sheet,
    ("white letters", "xlsx"): in_sheet('<c r="BN"', '<c r="BN" s="1"', styles=WHITE_FONT),
    ("empty format", "xlsx"): in_sheet('<c r="BN"', '<c r="BN" s="1"', styles=EMPTY_FORMAT),
    ("invisible text", "pdf"): in_pdf("BT /F 10 Tf 3 Tr 60 300 Td {} Tj ET"),
    ("white letters", "pdf"): in_pdf("1 1 1 rg BT /F 10 Tf 60 300 Td {} Tj ET"),
    ("tiny letters", "pdf"): in_pdf("BT /F 0.5 Tf 60 300 Td {} Tj ET"),
    ("off the page", "pdf"): in_pdf("BT /F 10 Tf 60 -300 Td {} Tj ET"),
    ("clear letters", "pdf"): in_pdf("/Clear gs BT /F 10 Tf 60 300 Td {} Tj ET"),
    ("hidden element", "eml"): _mail,
    ("hidden words", "rtf"): _rich,
}
