"""The words of page furniture: what themes and plug-ins of common publishing systems print around an article.

Taken from the English templates of WordPress and its widespread themes and plug-ins (Newspaper, Divi, Jetpack,
AddToAny), Drupal, Blogger, Disqus, and the consent and subscription boxes of news sites. One pattern a line; a pattern
matches a whole line of a document, letter case apart.
"""

from __future__ import annotations

import re

_NETWORKS = r"""
facebook|twitter|x|x \(twitter\)|twitter/x|linked ?in|whats ?app|telegram|pinterest|reddit|tumblr|instagram
youtube|bluesky|mastodon|threads|tiktok|flipboard|viber|vk|messenger|pocket|rss|google news|google\+|line|wechat
snapchat|mix|digg|stumbleupon|truth social|e-?mail|mail|print|copy (?:link|url)
"""

_OPENERS = r"""
(?:related|similar|other|popular|recommended|suggested|featured|trending|latest|recent|top|newest) {listed}
(?:more|most read|most popular|most viewed|editor[’']?s?[’']? picks?|must[- ]read|hot|breaking) {listed}
(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested in|have missed)|don[’']t miss|in case you missed it)
(?:most (?:read|popular|viewed|shared|commented)|trending(?: now)?|editor[’']?s?[’']? picks?|what to read next)
(?:recommended|suggested|picked|selected) for you|related(?: to this (?:story|article|topic))?
(?:read|up|watch) next|recent comments|more from (?:the )?\S+(?: \S+){0,3}|more (?:on|about) this(?: \w+)?
(?:more )?from (?:the|our) (?:web|partners|archives?|around the web)|around the web|sponsored (?:content|links)
(?:leave|post|write|add|submit) (?:a|your) (?:comment|reply|response)(?: cancel reply)?
join the (?:conversation|discussion)|\d+ thoughts? on [“"'‘].*
comments(?: \(?\d[\d,.]*\)?)?|(?:\d[\d,.]*|no) (?:comments?|responses?|replies)(?: on [“"'‘].*| to [“"'‘].*)?
"""

_CERTAIN = r"""
share (?:this|the|on|via|with|to)(?: (?:{piece}|{network}|your friends|friends|others|social media))*
(?:click|tap) to (?:share|email|print|tweet) .*|share on {network}(?: \(.*\))?|share:.{0,60}|sharing is caring
(?:tweet|pin|email|print|save|bookmark|like|follow) (?:this|us)(?: {piece})?(?: on {network})?
your email address will not be published\b.*|required fields are marked\b.*|cancel reply|reply to this comment
please enter (?:your comment|your name here|a valid email)\b.*|you have entered an incorrect email.*
save my name, e-?mail\b.*|this site uses akismet\b.*
notify me of (?:follow-?up comments|new posts)\b.*
you must be (?:logged|signed) in to (?:post|leave|comment|reply)\b.*|(?:log|sign) in to (?:leave|post) .*
(?:subscribe|sign up)(?: now| today| here)? (?:to|for) (?:our|the|my|this|free)\b.{0,60}\bnewsletters?\b.{0,60}
(?:get|receive) (?:the|our|all the) (?:latest|best|top)\b.{0,80}\b(?:inbox|newsletters?|e-?mail)\b.{0,40}
[-–—]* ?(?:advertisements?|advertising|sponsored|promoted) ?[-–—]*|(?:article|story) continues below.*
(?:advertisement|ad)[ .:–—-]+(?:scroll|continue|story|article|skip)\b.*|scroll to continue.*
skip to (?:main )?(?:content|navigation|search|footer)|back to top|scroll to top|toggle (?:navigation|menu|search)
(?:previous|next|prev|older|newer) (?:post|article|story|entry)s?:?(?: .{0,100})?|post navigation
(?:copyright )?(?:©|\(c\)) ?.{0,120}|copyright \d{4}\b.{0,100}|all rights reserved\b.{0,80}
(?:proudly )?powered by (?:wordpress|blogger|drupal|ghost|squarespace|wix|medium|disqus)\b.{0,40}
(?:also read|read also|read more|see also|related|recommended)(?: here)?: \S.{3,140}(?<![.:;])
read the (?:full|original) (?:article|story)(?: here)?|continue reading(?: below)?|keep reading
(?:follow|like|find|join) us on\b.{0,60}|\d+ ?min(?:ute)?s? (?:read|listen)|reading time:?.{0,30}
(?:filed under|posted in|categori[sz]ed (?:as|under|in)|tagged(?: with| in)?)(?::| ).{0,100}
this (?:article|post|story) (?:was )?(?:first |originally )?(?:appeared|published)(?: first)? (?:on|at|in) .{0,80}
the post .{1,150} (?:appeared first|first appeared) on .{1,60}
like this:|\d[\d,.]*[km]? (?:shares|views|likes|retweets)
"""

_LIKELY = r"""
{network}
share|tweet|pin|pin it|like|follow|save|bookmark|listen|comment|reply|home|menu|search|search for:?|close|open|submit
name:? ?\*?|e-?mail:? ?\*?|web ?site:?|url|comment:? ?\*?|message:? ?\*?|username|password|remember me|post comment
log ?in|log ?out|sign ?in|sign ?up|register|subscribe|newsletters?|donate
contact(?: us)?|about(?: us)?|advertise(?: with us)?
privacy(?: policy)?|terms(?: of (?:use|service))?|terms (?:and|&) conditions|cookie policy|site ?map|faqs?|help|careers
news|sports?|politics|business|opinion|world|u\.?s\.?|entertainment|technology|tech|science|health|lifestyle
culture|travel|videos?|loading\.*…?|previous|next|prev|back|forward|more|all|archives?|categories|tags|uncategorized
blog|shop|cart|permalink
listen to this (?:article|story).*|(?:read|load|show|view|see) (?:more|all)(?: {listed})?
please enter your\b.*|enter your (?:e-?mail|name)\b.*|notify me\b.*
turn on notifications.*|(?:please )?enable javascript.*
(?:we|this (?:web)?site|our (?:web)?site) uses? cookies\b.*|by (?:continuing|clicking|using|browsing)\b.*\bcookies?\b.*
(?:accept|reject|allow|manage|decline)(?: all)?(?: cookies| settings)?|cookie (?:settings|preferences|notice)
(?:subscribe|sign up|follow us|support us|donate to)\b.{0,80}|tags?:.{0,150}|categor(?:y|ies):.{0,150}|follow us
"""

_TEMPLATE_WORDS = frozenset("posted published written filed in on by at and under with tag tags".split())
_BETWEEN_WORDS = re.compile(r"[\s,|/·•:–—-]+")


def _lines(patterns: str) -> str:
    return "|".join(f"(?:{line})" for line in patterns.strip().splitlines())


_PARTS = {
    "{network}": f"(?:{_lines(_NETWORKS)})",
    "{piece}": r"(?:post|article|story|page|news|content|entry|video|this|it)s?",
    "{listed}": r"(?:posts?|articles?|stories|story|news|contents?|readings?|topics|videos|coverage|headlines|items)",
}


def _compile(patterns: str) -> re.Pattern[str]:
    joined = _lines(patterns)
    for name, part in _PARTS.items():
        joined = joined.replace(name, part)
    return re.compile(joined, re.IGNORECASE)


_OPENING, _SURE, _LIKELY_ONE = _compile(_OPENERS), _compile(_CERTAIN), _compile(_LIKELY)
_LONGEST = 200
_EDGES = " \t\u00a0*_#>|:!-–—[]»›→▼▶."


def _matches(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= _LONGEST and bool(pattern.fullmatch(line) or pattern.fullmatch(line.strip(_EDGES)))


def opens_furniture(line: str) -> bool:
    """Say whether a line is the heading of teasers or comments; what follows belongs to them."""
    return not line.endswith(".") and _matches(_OPENING, line)


def is_furniture(line: str) -> bool:
    """Say whether a line is furniture, wherever it stands."""
    return _matches(_SURE, line)


def may_be_furniture(line: str) -> bool:
    """Say whether a line is furniture if it stands among furniture."""
    return _matches(_LIKELY_ONE, line)


def is_debris(line: str) -> bool:
    """Say whether a line is what a template without its values leaves: `in ,`, `Posted on by`."""
    return len(line) <= _LONGEST and {word for word in _BETWEEN_WORDS.split(line.lower()) if word} <= _TEMPLATE_WORDS
