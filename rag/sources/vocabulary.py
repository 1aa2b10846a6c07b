"""The words of page furniture: what themes and plug-ins of common publishing systems print around an article.

Taken from the English templates of WordPress and its widespread themes and plug-ins (Newspaper, Divi, Jetpack,
AddToAny), Drupal, Blogger, Disqus, and the consent and subscription boxes of news sites. All patterns match a
whole line, letter case apart.
"""

from __future__ import annotations

import re

_NETWORK = (
    r"(?:facebook|twitter|x|x \(twitter\)|twitter/x|linked ?in|whats ?app|telegram|pinterest|reddit|tumblr|instagram|"
    r"youtube|bluesky|mastodon|threads|tiktok|flipboard|viber|vk|email|e-mail|mail|print|copy link|copy url|link|"
    r"messenger|pocket|rss|google news|google\+|line|wechat|snapchat|mix|digg|stumbleupon|truth social)"
)
_PIECE = r"(?:post|article|story|page|news|content|entry|video|this|it)s?"
_LISTED = (
    r"(?:posts?|articles?|stories|story|news|content|contents|reading|reads|topics|videos|coverage|headlines|items)"
)

OPENERS = (
    rf"(?:related|similar|other|popular|recommended|suggested|featured|trending|more|latest|recent|top|newest|"
    rf"most read|most popular|most viewed|editor[’']?s?[’']? picks?|must[- ]read|hot) {_LISTED}",
    r"(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested in|have missed)|don[’']t miss|in case you missed it)",
    r"(?:most (?:read|popular|viewed|shared|commented)|trending(?: now)?|editor[’']?s?[’']? picks?|what to read next)",
    r"(?:recommended|suggested|picked|selected) for you|related(?: to this (?:story|article|topic))?",
    r"(?:read|up|watch) next|recent comments|more from (?:the )?\S+(?: \S+){0,4}|more (?:on|about) this(?: \w+)?",
    r"(?:more )?from (?:the|our) (?:web|partners|archives?|around the web)|around the web|sponsored (?:content|links)",
    r"(?:leave|post|write|add|submit) (?:a|your) (?:comment|reply|response)(?: cancel reply)?|join the (?:conversation|discussion)",
    r"(?:\d[\d,.]* |no )?(?:comments?|responses?|replies)(?: \(?\d+\)?)?(?: on [“\"'‘].*)?|\d+ thoughts? on [“\"'‘].*",
)
"""Headings of what stands around an article: teasers and comments. What follows belongs to them."""

STRONG = (
    rf"share (?:this|the|on|via|with|to|by)(?: (?:{_PIECE}|{_NETWORK}|your friends|friends|others|social media))*",
    rf"(?:click|tap) to (?:share|email|print|tweet).*|share on {_NETWORK}(?: \(.*\))?|share:.{{0,60}}|sharing is caring",
    rf"(?:tweet|pin|email|print|save|bookmark|like|follow|copy) (?:this|us)(?: {_PIECE})?(?: on {_NETWORK})?",
    r"your email address will not be published\b.*|required fields are marked\b.*|cancel reply|reply to this comment",
    r"please enter (?:your|a|an)\b.*|you have entered an incorrect email.*|save my name\b.*|enter your (?:e-?mail|name)\b.*",
    r"notify me (?:of|by|via|when)\b.*|this site uses akismet\b.*|you must be logged in to.*|(?:log|sign) in to (?:leave|post).*",
    r"(?:subscribe|sign up|join)(?: now| today| here)? (?:to|for) (?:our|the|my|this|free|daily|weekly|email|e-mail|updates)\b.{0,100}",
    r"(?:get|receive) (?:the|our|all the) (?:latest|best|top|daily|weekly|news)\b.{0,100}(?:inbox|newsletter|e-?mail|updates)\b.{0,40}",
    r"[-–—]* ?(?:advertisement|advertisements|advertising|sponsored|promoted|ad)s? ?[-–—]*|article continues (?:below|after).*",
    r"(?:advertisement|ad)[ .:–—-]+(?:scroll|continue|story|article|skip).*|continue reading below|story continues below.*",
    r"(?:we|this (?:web)?site|our (?:web)?site) uses? cookies\b.*|by (?:continuing|clicking|using|browsing)\b.*\bcookies?\b.*",
    r"(?:accept|reject|allow|manage|decline)(?: all)?(?: cookies| preferences| settings)*|cookie (?:settings|preferences|notice)",
    r"skip to (?:main )?(?:content|navigation|search|footer)|back to top|scroll to top|toggle (?:navigation|menu|search).*",
    r"(?:previous|next|prev|older|newer) (?:post|article|story|entry|page|posts|articles|entries):?.{0,80}|post navigation",
    r"(?:copyright|©|\(c\)|copyright ©).{0,120}|all rights reserved\b.{0,80}|powered by \S+.{0,60}|proudly powered by.*",
    r"(?:read|also read|read also|read more|see also|related|recommended|also see|more|watch)(?: here)?: \S.{3,140}(?<![.:;])",
    r"(?:read|load|show|view|see) (?:more|full (?:article|story|bio)|all(?: posts)?)(?: (?:posts|articles|stories|news|comments))?|"
    r"continue reading|keep reading|read the (?:full|original) (?:article|story)(?: here)?",
    r"(?:follow|like|find|join) us\b.{0,60}|listen to this (?:article|story).*|\d+ min(?:ute)?s? (?:read|listen)|reading time:?.{0,30}",
    r"(?:filed|posted|categorized|published) (?:under|in):?.{0,100}|tags?:.{0,150}|categories:.{0,150}|tagged(?: with)?:?.{0,150}",
    r"this (?:article|post|story) (?:was |has been )?(?:first |originally )?(?:appeared|published) (?:first )?(?:on|at|in)\b.{0,80}",
    r"the post .{1,150} (?:appeared first|first appeared) on .{1,60}|like this:|\d[\d,.]*[km]? (?:shares?|views?|likes?|retweets)",
    r"turn on notifications.*|enable (?:javascript|notifications).*|please enable javascript.*|(?:support|donate to) (?:us|our work).{0,60}",
)
"""Lines that are furniture wherever they stand."""

WEAK = (
    _NETWORK,
    r"share|tweet|pin|pin it|like|follow|save|bookmark|listen|comment|reply|home|menu|search|search for:?|close|open|submit",
    r"name:? ?\*?|e-?mail:? ?\*?|web ?site:?|url|comment:? ?\*|message:? ?\*?|username|password|remember me|post comment",
    r"log ?in|log ?out|sign ?in|sign ?up|register|subscribe|newsletters?|donate|contact(?: us)?|about(?: us)?|advertise(?: with us)?",
    r"privacy(?: policy)?|terms(?: of (?:use|service))?|terms (?:and|&) conditions|cookie policy|sitemap|site map|faqs?|help|careers",
    r"news|sports?|politics|business|opinion|world|u\.?s\.?|entertainment|technology|tech|science|health|lifestyle|culture|travel|video|videos",
    r"loading\.*…?|previous|next|prev|back|forward|more|all|archives?|categories|tags|uncategorized|blog|shop|cart|print|\d{1,3}|permalink",
)
"""Lines that are furniture in company: beside other furniture, or several of them together."""

DEBRIS = re.compile(
    r"(?:(?:posted|published|written|filed|in|on|by|at|and|under|with|tags?|,|\||/|·|•|-|–|—|:)[\s,]*)+", re.I
)
"""What a theme leaves of a line whose values are missing: `in ,`, `Posted on by`."""


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_LONGEST = 200
_EDGES = " \t\u00a0*_#>|:!-–—[]»›→▼▶."
_OPENERS, _STRONG, _WEAK = _compile(OPENERS), _compile(STRONG), _compile(WEAK)


def _matches(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= _LONGEST and bool(pattern.fullmatch(line) or pattern.fullmatch(line.strip(_EDGES)))


def opens_furniture(line: str) -> bool:
    """Say whether a line is the heading of teasers or comments."""
    return not line.endswith(".") and _matches(_OPENERS, line)


def is_furniture(line: str) -> bool:
    """Say whether a line is furniture, wherever it stands."""
    return _matches(_STRONG, line)


def may_be_furniture(line: str) -> bool:
    """Say whether a line is furniture if it stands among furniture."""
    return _matches(_WEAK, line)


def is_debris(line: str) -> bool:
    """Say whether a line is what is left of a template without its values."""
    return len(line) <= _LONGEST and bool(DEBRIS.fullmatch(line))
