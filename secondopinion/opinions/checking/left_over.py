"""What stands in a text until somebody writes something better: XXX, TODO, "[...]", "____"."""

import re

from django.utils.translation import gettext_lazy as _

from secondopinion.opinions.checking.found import Doubt, Texts

CHECK = "placeholder"
# Triple X is a karyotype (47,XXX) and a syndrome, not something left to be written.
_FOUND = re.compile(
    r"""
    (?<!\d\d,)(?<!\d\d,\s)(?<![\w-])x{3,}(?![\w-])(?!\s*(?:syndrome|karyotype|female|mosaic))
  | (?<!\w)(?:(?-i:TODO|FIXME)|tbd)(?!\w)
  | \?{3,}
  | \[\s*(?:\.{2,}|…|_+|-+|x+|\?+|)\s*\]
  | \[\s*(?:insert|fill|complete|add|enter|completar|rellenar|name|nombre|date|fecha|side|lado|dose|
      dosis|age|edad|weight|peso|child|patient|paciente)\b[^\]\n]{0,60}\]
  | <(?:\.{2,}|…|[^\W\d_][^<>\n@:/=]{0,40}(?<!\s))>(?!\s*\d)
  | \{\{[^{}\n]{0,60}\}\}
  | lorem\s+ipsum
  | _{3,}
  | \.{6,}
    """,
    re.IGNORECASE | re.VERBOSE,
)


def check(texts: Texts) -> list[Doubt]:
    """Return what was left to be written."""
    return [
        Doubt(CHECK, field, each.start(), each.end(), each.group(),
              _("This looks like something that was left to be written."))
        for field, text in texts.items()
        for each in _FOUND.finditer(text)
    ]  # fmt: skip
