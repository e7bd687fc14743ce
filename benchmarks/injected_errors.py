"""Errors put into translations on purpose; the words here are not those of the checks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Injected:
    """A spoilt translation: which kind of error, in which line (from 0), and what was done."""

    kind: str
    line: int
    text: str
    done: str


UNITS = {
    "en": [("mg/dL", "mg/L"), ("mg", "g"), ("kg", "g"), ("mL", "L"), ("mmol/L", "µmol/L"),
           ("µg", "mg"), ("mm", "cm"), ("cm", "mm"), ("g/dL", "mg/dL"), ("Gy", "cGy"),
           ("hours", "days"), ("weeks", "days"), ("days", "weeks"), ("months", "weeks"),
           ("minutes", "hours"), ("U/L", "mg/L")],
    "es": [("mg/dL", "mg/L"), ("mg", "g"), ("kg", "g"), ("mL", "L"), ("mmol/L", "µmol/L"),
           ("µg", "mg"), ("mm", "cm"), ("cm", "mm"), ("g/dL", "mg/dL"), ("Gy", "cGy"),
           ("horas", "días"), ("semanas", "días"), ("días", "semanas"), ("meses", "semanas"),
           ("minutos", "horas"), ("U/L", "mg/L")],
    "fr": [("mg/dL", "mg/L"), ("mg", "g"), ("kg", "g"), ("mL", "L"), ("mmol/L", "µmol/L"),
           ("µg", "mg"), ("mm", "cm"), ("cm", "mm"), ("g/dL", "mg/dL"), ("Gy", "cGy"),
           ("heures", "jours"), ("semaines", "jours"), ("jours", "semaines"), ("minutes", "heures"),
           ("U/L", "mg/L")],
    "ru": [("мг/дл", "мг/л"), ("мг", "г"), ("кг", "г"), ("мл", "л"), ("ммоль/л", "мкмоль/л"),
           ("мкг", "мг"), ("мм", "см"), ("см", "мм"), ("г/дл", "мг/дл"), ("Гр", "сГр"),
           ("часов", "дней"), ("недель", "дней"), ("дней", "недель"), ("минут", "часов")],
    "ar": [("ملغ/دل", "ملغ/ل"), ("ملغ", "غ"), ("كغ", "غ"), ("مل", "ل"),
           ("مليمول/ل", "ميكرومول/ل"), ("ميكروغرام", "ملغ"), ("مم", "سم"), ("سم", "مم"),
           ("غ/دل", "ملغ/دل"), ("ساعات", "أيام"), ("ساعة", "يومًا"), ("أسابيع", "أيام"),
           ("أيام", "أسابيع"), ("دقائق", "ساعات")],
    "zh": [("mg/dL", "mg/L"), ("mg", "g"), ("kg", "g"), ("mL", "L"), ("mmol/L", "µmol/L"),
           ("µg", "mg"), ("mm", "cm"), ("cm", "mm"), ("g/dL", "mg/dL"), ("Gy", "cGy"),
           ("小时", "天"), ("周", "天"), ("天", "周"), ("分钟", "小时"),
           ("毫克", "克"), ("公斤", "克")],
}  # fmt: skip

SIDES = {
    "en": [("left", "right")],
    "es": [("izquierdo", "derecho"), ("izquierda", "derecha")],
    "fr": [("gauche", "droite"), ("gauche", "droit")],
    "ru": [("левой", "правой"), ("левая", "правая"), ("левом", "правом"), ("левого", "правого"),
           ("левую", "правую"), ("слева", "справа"), ("левым", "правым"), ("левое", "правое"),
           ("влево", "вправо"), ("левый", "правый")],
    "ar": [("الأيسر", "الأيمن"), ("اليسرى", "اليمنى"), ("اليسار", "اليمين")],
    "zh": [("左", "右")],
}  # fmt: skip

# How any word for a side begins.
_SIDED = {"en": "left|right|l(?:a|æ)evo|dextro", "es": "izquierd|derech|zurd|diestr",
          "fr": "gauch|droit", "ru": "лев|прав", "ar": "يسر|يسار|أيسر|يمن|يمين|أيمن|عسر",
          "zh": "左|右"}  # fmt: skip

# What a hurried translator leaves out: the words of a negation, and what stands there then.
NEGATIONS: dict[str, list[tuple[str, Any]]] = {
    "en": [(r"\bdoes not (\w+)", r"\1s"), (r"\bno longer\b", "still"), (r"\bdo not\b", ""),
           (r"\b(?:is|was|were|are|must|should|may|has|did) not\b", lambda m: m[0][:-4]),
           (r"\bno\b", ""), (r"\bNo\b", ""), (r"\bwithout\b", "with"), (r"\bdenies\b", "reports"),
           (r"\bnever\b", ""), (r"\bDo not\b", "Please")],
    "es": [(r"\bno\b ?", ""), (r"\bNo\b ?", ""), (r"\bsin\b", "con"), (r"\bSin\b", "Con"),
           (r"\bniega\b", "refiere"), (r"\bNunca\b ?", "")],
    "fr": [(r"\bn'y a pas d[e']", "y a des "), (r"\bne (\w+) pas\b", r"\1"),
           (r"\bn'(\w+) pas\b", r"\1"), (r"\bsans\b", "avec"), (r"\bn'a jamais\b", "a"),
           (r"\bne (\w+) aucun\b", r"\1 un"), (r"\bPas de\b", "Des"), (r"\bNe pas (\w+)", r"\1")],
    "ru": [(r"\bне ", ""), (r"\bнет\b", "есть"), (r"\bбез\b", "с"), (r"\bотрицает\b",
    "сообщает про"),
           (r"\bНельзя\b", "Можно"), (r"\bнельзя\b", "можно")],
    "ar": [(r"\bلا (?!تقل|يقل)", ""), (r"\bلم ", ""), (r"\bدون ", "مع "), (r"\bبدون ", "مع "),
           (r"\bتنفي\b", "تذكر"), (r"\bغير ", ""), (r"\bليس ", ""), (r"\bألا\b", "أن")],
    "zh": [(r"没有", "有"), (r"未见", "见"), (r"(?<!并)无", "有"), (r"否认", "有"), (r"不", ""),
           (r"未", "已")],
}  # fmt: skip

DRUGS = {
    "en": ["levetiracetam", "diazepam", "salbutamol", "prednisolone", "amoxicillin", "ampicillin",
           "budesonide", "vincristine", "cisplatin", "dexamethasone", "propofol", "fentanyl",
           "cefazolin", "paracetamol", "ibuprofen", "prednisone", "furosemide", "spironolactone",
           "captopril", "digoxin", "ceftriaxone", "trimethoprim", "nitrofurantoin",
           "levothyroxine", "metformin", "palivizumab"],
    "es": ["levetiracetam", "diazepam", "salbutamol", "prednisolona", "amoxicilina", "ampicilina",
           "budesonida", "vincristina", "cisplatino", "dexametasona", "propofol", "fentanilo",
           "cefazolina", "paracetamol", "ibuprofeno", "prednisona", "furosemida", "espironolactona",
           "captopril", "digoxina", "ceftriaxona", "trimetoprima", "nitrofurantoína",
           "levotiroxina", "metformina", "palivizumab"],
    "fr": ["lévétiracétam", "diazépam", "salbutamol", "prednisolone", "amoxicilline", "ampicilline",
           "budésonide", "vincristine", "cisplatine", "dexaméthasone", "propofol", "fentanyl",
           "céfazoline", "paracétamol", "ibuprofène", "prednisone", "furosémide", "spironolactone",
           "captopril", "digoxine", "ceftriaxone", "triméthoprime", "nitrofurantoïne",
           "lévothyroxine", "metformine", "palivizumab"],
    "ru": ["леветирацетам", "диазепам", "сальбутамол", "преднизолон", "амоксициллин", "ампициллин",
           "будесонид", "винкристин", "цисплатин", "дексаметазон", "пропофол", "фентанил",
           "цефазолин", "парацетамол", "ибупрофен", "преднизон", "фуросемид", "спиронолактон",
           "каптоприл", "дигоксин", "цефтриаксон", "триметоприм", "нитрофурантоин",
           "левотироксин", "метформин", "паливизумаб"],
    "ar": ["ليفيتيراسيتام", "ديازيبام", "سالبوتامول", "بريدنيزولون", "أموكسيسيلين", "أمبيسيلين",
           "بوديزونيد", "فينكريستين", "سيسبلاتين", "ديكساميثازون", "بروبوفول", "فنتانيل",
           "سيفازولين", "باراسيتامول", "إيبوبروفين", "بريدنيزون", "فوروسيميد", "سبيرونولاكتون",
           "كابتوبريل", "ديجوكسين", "سيفترياكسون", "تريميثوبريم", "نيتروفورانتوين",
           "ليفوثيروكسين", "ميتفورمين", "باليفيزوماب"],
    "zh": ["左乙拉西坦", "地西泮", "沙丁胺醇", "泼尼松龙", "阿莫西林", "氨苄西林", "布地奈德",
           "长春新碱",
           "顺铂", "地塞米松", "丙泊酚", "芬太尼", "头孢唑林", "对乙酰氨基酚", "布洛芬", "泼尼松",
           "呋塞米",
           "螺内酯", "卡托普利", "地高辛", "头孢曲松", "甲氧苄啶", "呋喃妥因", "左甲状腺素",
           "二甲双胍",
           "帕利珠单抗"],
}  # fmt: skip

_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    "diciembre",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "ru": "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    "ar": "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
}  # fmt: skip


_ANY_MONTH = re.compile("|".join(rf"(?<!\w)(?:{names})(?!\w)" for names in _MONTHS.values()))
_NUMBER = re.compile(r"(?<![A-Za-zА-я\d.,٫^⁰¹²³⁴-⁹-])\d+(?:[.,٫]\d+)?(?![A-Za-zА-я\d⁹:]|[.,]\d)")


def _changed(digits: str, turn: int) -> str:
    """Return another number: one digit more or less, a point moved, or two digits exchanged."""
    values = [char for char in digits if char.isdigit()]
    zero = ord(values[0]) - int(values[0])

    def shown(text: str) -> str:
        return "".join(chr(zero + int(char)) if char.isdigit() else char for char in text)

    plain = "".join(str(int(char)) if char.isdigit() else char for char in digits)
    ways = []
    if len(values) > 1 and values[-1] != values[-2] and re.fullmatch(r"\d+", plain):
        ways.append(plain[:-2] + plain[-1] + plain[-2])
    mark = re.search(r"[.,٫]", plain)
    if mark and len(plain) - mark.end() < 3:
        ways.append(plain.replace(mark[0], ""))
    ways.append(plain[:-1] + str((int(plain[-1]) + 3) % 10))
    ways.append(plain + "0" if not mark else plain[:-1] + str((int(plain[-1]) + 1) % 10))
    ways = [way for way in ways if way.lstrip("0") != plain.lstrip("0")]
    return shown(ways[turn % len(ways)])


def _numbers(line: str, at: int, _code: str) -> Iterator[tuple[str, str]]:
    if re.search(r"(?:19|20)\d\d|٢٠\d\d|\d月", line) or _ANY_MONTH.search(line):
        return  # a line with a date: that is another kind of error
    for turn, found in enumerate(_NUMBER.finditer(line)):
        other = _changed(found[0], turn + at)
        yield line[: found.start()] + other + line[found.end() :], f"{found[0]} to {other}"


def _units(line: str, _at: int, code: str) -> Iterator[tuple[str, str]]:
    for unit, other in UNITS[code]:
        edge = "" if code == "zh" and not unit.isascii() else r"(?![\w/²³^])"
        for found in re.finditer(rf"(?<=[\d ]){re.escape(unit)}{edge}", line):
            before = line[: found.start()].rstrip()
            if before and before[-1].isdigit():
                yield line[: found.start()] + other + line[found.end() :], f"{unit} to {other}"


def _sides(line: str, _at: int, code: str) -> Iterator[tuple[str, str]]:
    for one, other in SIDES[code]:
        for old, new in ((one, other), (other, one)):
            edge = "" if code == "zh" else r"\b"
            for found in re.finditer(rf"{edge}{old}{edge}", line):
                if line[found.start() :].startswith(("左乙", "左甲")):
                    continue
                yield line[: found.start()] + new + line[found.end() :], f"{old} to {new}"


def names_a_side(line: str, code: str) -> bool:
    """Say whether a line may name left or right: where neither text does, "left" is a verb."""
    return re.search(_SIDED[code], line, re.IGNORECASE) is not None


def _negations(line: str, _at: int, code: str) -> Iterator[tuple[str, str]]:
    for pattern, other in NEGATIONS[code]:
        for found in re.finditer(pattern, line):
            new = other(found) if callable(other) else found.expand(other)
            if line[found.start() :].startswith(("不良", "不足", "不全", "不等", "不明")):
                continue
            yield line[: found.start()] + new + line[found.end() :], f"{found[0]} to {new}"


def _drugs(line: str, at: int, code: str) -> Iterator[tuple[str, str]]:
    names = DRUGS[code]
    for index, name in enumerate(names):
        found = re.search(rf"(?<!\w){name}(?!\w)" if code != "zh" else name, line, re.IGNORECASE)
        if found is None or any(
            name in longer and longer != name and longer in line for longer in names
        ):
            continue
        other = names[(index + 1 + at % 5) % len(names)]
        if other.lower() not in line.lower():
            yield line[: found.start()] + other + line[found.end() :], f"{name} to {other}"


def _dates(line: str, at: int, code: str) -> Iterator[tuple[str, str]]:
    if code not in _MONTHS:
        for found in re.finditer(r"(\d{4})年(\d{1,2})月", line):
            month = int(found[2]) % 12 + 1
            yield line.replace(found[0], f"{found[1]}年{month}月", 1), f"{found[0]}: {month}"
        return
    names = _MONTHS[code].split("|")
    for found in re.finditer(rf"(?<!\w)({_MONTHS[code]})(?!\w)", line):
        other = names[(names.index(found[1]) + 1 + at % 7) % len(names)]
        yield line[: found.start()] + other + line[found.end() :], f"{found[1]} to {other}"


_WAYS: dict[str, Callable[[str, int, str], Iterator[tuple[str, str]]]] = {
    "number": _numbers, "unit": _units, "laterality": _sides, "negation": _negations,
    "drug": _drugs, "date": _dates,
}  # fmt: skip
KINDS = (*_WAYS, "line-missing")


def spoilt(translation: str, code: str) -> Iterator[Injected]:
    """Return a translation with each error that can be put into it, one at a time."""
    lines = translation.rstrip("\n").split("\n")
    for at, line in enumerate(lines):
        for kind, way in _WAYS.items():
            for new, done in way(line, at, code):
                yield Injected(kind, at, "\n".join([*lines[:at], new, *lines[at + 1 :]]), done)
        yield Injected("line-missing", at, "\n".join(lines[:at] + lines[at + 1 :]), line)
