"""The people of the demonstration. All of them are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff; `secret` is the TOTP secret of their demonstration authenticator."""

    email: str
    name: str
    roles: tuple[str, ...]
    secret: str
    title: str = ""
    specialties: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)


STAFF = (
    Staff("grace.okafor@harbour.example", "Grace Okafor, RN", ("coordinator",), "JBSWY3DPEHPK3PXP"),
    Staff("tom.lindqvist@harbour.example", "Tom Lindqvist, RN", ("coordinator",),
          "JBSWY3DPEHPK3PXQ"),
    Staff("mei.tanaka@harbour.example", "Dr. Mei Tanaka", ("specialist",), "JBSWY3DPEHPK3PXR",
          "Pediatric neurologist", ("brain-and-nerves",), ("epilep", "seizure", "convuls"),
          ("en", "es")),
    Staff("daniel.weiss@harbour.example", "Dr. Daniel Weiss", ("specialist",), "JBSWY3DPEHPK3PXS",
          "Pediatric neurologist", ("brain-and-nerves",), ("epilep",), ("en",)),
    Staff("amina.diallo@harbour.example", "Dr. Amina Diallo", ("specialist",), "JBSWY3DPEHPK3PXT",
          "Pediatric oncologist", ("cancer-and-blood", "bones-and-joints"), ("anaemia", "tumour"),
          ("en", "ar")),
    Staff("ruth.adler@harbour.example", "Ruth Adler", ("referral_coordinator",),
          "JBSWY3DPEHPK3PXU"),
    Staff("helen.brooks@harbour.example", "Dr. Helen Brooks", ("director",), "JBSWY3DPEHPK3PXV"),
    Staff("elena.marin@harbour.example", "Elena Marín", ("translator",), "JBSWY3DPEHPK3PXX"),
    Staff("david.chen@harbour.example", "David Chen", ("translation_reviewer",),
          "JBSWY3DPEHPK3PXY"),
    Staff("paul.novak@harbour.example", "Paul Novak", ("privacy", "administrator"),
          "JBSWY3DPEHPK3PXW"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """A family, its child, its local provider, and how far its case goes."""

    email: str
    parent: str
    parent_latin: str
    language: str
    timezone: str
    child: str
    child_latin: str
    born: str
    sex: str
    country: str
    specialty: str
    provider: str
    clinic: str
    diagnosis: str
    history: str
    medicines: str
    questions: tuple[str, ...]
    letter: str
    until: str
    images: bool = False
    measured: tuple[str, str] = ("24.5", "125.0")  # kg, cm
    before: tuple[tuple[str, str, str], ...] = ()  # day, kg, cm
    weeks: int | None = None  # at birth
    operations: str = ""
    sheets: tuple[tuple[str, str], ...] = ()  # of a laboratory, as text: file and day


FAMILIES = (
    Family(
        "maria.fernandez@familia.example", "María Fernández López", "", "es",
        "America/Mexico_City", "Camila Fernández López", "", "2017-05-14", "F", "MX",
        "brain-and-nerves", "Dra. Lucía Ramírez Ortega", "Hospital Infantil San Rafael",
        "Epilepsia infantil con puntas centrotemporales",
        "Dos crisis de dos a tres minutos desde agosto, sin fiebre. Camila está despierta y habla "
        "poco después.", "Levetiracetam 250 mg cada 12 horas",
        ("¿Es correcto el diagnóstico de epilepsia?", "¿Es la dosis de la medicina la adecuada?",
         "¿Puede Camila nadar y hacer deporte?"),
        "carta-de-alta-es.jpg", "closed", images=True,
        measured=("24.5", "125.0"), before=(("2025-09-12", "22.1", "119.5"),),
    ),
    Family(
        "amina.alhassan@usra.example", "أمينة الحسن", "Amina Al Hassan", "ar", "Asia/Dubai",
        "يوسف الحسن", "Yousef Al Hassan", "2019-03-02", "M", "AE", "cancer-and-blood",
        "د. سلمى المنصوري", "مستشفى النور للأطفال", "فقر دم مع نقص الصفائح",
        "تعب وشحوب منذ شهرين، وكدمات بلا سبب.", "لا شيء",
        ("هل يحتاج يوسف إلى فحص نخاع العظم؟", "هل هناك علاج آخر؟"), "tahlil-ar.jpg", "follow_up",
        measured=("22.8", "124.0"),
    ),
    Family(
        "priya.sharma@parivar.example", "प्रिया शर्मा", "Priya Sharma", "en", "Asia/Kolkata",
        "आरव शर्मा", "Aarav Sharma", "2015-01-09", "M", "IN", "bones-and-joints",
        "डॉ. मीना गुप्ता", "बाल चिकित्सा केंद्र, जयपुर", "Lesion of the right femur",
        "Pain and swelling of the right knee for six months. No fever.", "Ibuprofen when needed",
        ("Is a biopsy needed?", "Can he walk to school?"), "patra-hi.jpg", "reported",
        measured=("37.0", "147.5"),
    ),
    Family(
        "olena.koval@rodyna.example", "Олена Коваль", "Olena Koval", "en", "Europe/Kyiv",
        "Соломія Коваль", "Solomiia Koval", "2020-07-21", "F", "UA", "heart",
        "Лікар О. Мельник", "Обласна дитяча лікарня", "Ventricular septal defect, 6 mm",
        "Short of breath while eating. Gains little weight.", "Furosemide 10 mg twice a day",
        ("Is an operation needed now?",), "vypyska-uk.jpg", "collecting",
        measured=("16.2", "112.0"),
        before=(("2022-01-20", "9.2", "77.0"), ("2024-08-05", "13.1", "99.0")),
        weeks=34,
    ),
    Family(
        "abebe.tesfaye@beteseb.example", "አበበ ተስፋዬ", "Abebe Tesfaye", "en", "Africa/Addis_Ababa",
        "ሰላም አበበ", "Selam Abebe", "2016-06-03", "F", "ET", "stomach-and-liver",
        "ዶ/ር ሀና ተስፋዬ", "የሕፃናት ሆስፒታል", "Belly pain and weight loss",
        "Belly pain for six months. Lost 4 kg.", "Metronidazole 200 mg three times a day",
        ("What is the cause of the pain?",), "debdabe-am.jpg", "submitted",
        measured=("24.0", "137.0"), before=(("2025-11-03", "28.0", "132.0"),),
    ),
    # The same child again, by the other parent, in other letters: the desk finds the pair.
    Family(
        "hana.girma@beteseb.example", "Hana Girma", "", "en", "Africa/Addis_Ababa",
        "Selam Abebe", "", "2016-06-03", "F", "ET", "stomach-and-liver",
        "Dr. Hana Tesfaye", "Children’s hospital", "Pain in the belly, loses weight",
        "Pain for half a year.", "None", ("Does she need an operation?",), "debdabe-am.jpg",
        "submitted",
    ),
    Family(
        "lucia.gomez@familia.example", "Lucía Gómez Díaz", "", "es", "America/Bogota",
        "Mateo Gómez", "", "2014-11-30", "M", "CO", "brain-and-nerves", "Dr. Jorge Peña",
        "Clínica del Norte", "Epilepsia", "Una crisis en el colegio.", "Valproato 200 mg",
        ("¿Necesita otra medicina?",), "carta-de-alta-es.jpg", "waiting_on_family",
    ),
    Family(
        "sofia.rojas@familia.example", "Sofía Rojas", "", "es", "America/Mexico_City",
        "Diego Rojas", "", "2018-02-11", "M", "MX", "brain-and-nerves", "Dra. Ana Solís",
        "Centro Pediátrico", "Epilepsia de ausencias", "Se queda quieto unos segundos.",
        "Etosuximida 250 mg", ("¿Se curará?",), "carta-diego-es.jpg", "ready", images=True,
        measured=("27.0", "131.0"),
    ),
    Family(
        "nour.haddad@usra.example", "نور حداد", "Nour Haddad", "ar", "Asia/Dubai", "ليلى حداد",
        "Layla Haddad", "2013-09-05", "F", "AE", "brain-and-nerves", "د. كريم صالح",
        "مستشفى المدينة", "نوبات تشنج", "نوبتان في شهر واحد.", "ليفيتيراسيتام 500 mg",
        ("ما سبب النوبات؟",), "taqrir-layla-ar.jpg", "offered", images=True,
        measured=("45.0", "156.0"),
    ),
    Family(
        "carmen.ruiz@familia.example", "Carmen Ruiz", "", "es", "America/Mexico_City",
        "Valentina Ruiz", "", "2016-04-19", "F", "MX", "brain-and-nerves", "Dr. Luis Mora",
        "Hospital Civil", "Crisis focales, epilepsia", "Crisis al dormir desde hace un año.",
        "Carbamazepina 100 mg", ("¿Hace falta operar?", "¿Puede ir al colegio?"),
        "carta-valentina-es.jpg", "in_review", images=True,
        measured=("27.5", "138.0"),
        before=(("2023-05-02", "22.4", "119.0"), ("2025-04-10", "27.8", "131.0")),
        weeks=33, operations="Apendicectomía el 12 de marzo de 2023.",
        sheets=(
            ("laboratorio-junio-es.txt", "2026-06-18"),
            ("laboratorio-octubre-es.txt", "2026-10-05"),
        ),
    ),
    Family(
        "rahul.verma@parivar.example", "राहुल वर्मा", "Rahul Verma", "en", "Asia/Kolkata",
        "अनाया वर्मा", "Anaya Verma", "2017-12-24", "F", "IN", "brain-and-nerves",
        "डॉ. राकेश जोशी", "जिला अस्पताल", "Seizures with fever",
        "Three seizures with fever.",
        "Clobazam 5 mg",
        ("Will she have epilepsy?",), "patra-anaya-hi.jpg", "more_needed", images=True,
        measured=("25.5", "130.0"), before=(("2025-06-18", "21.9", "121.5"),),
    ),
    Family(
        "iryna.shevchenko@rodyna.example", "Ірина Шевченко", "Iryna Shevchenko", "en",
        "Europe/Kyiv", "Максим Шевченко", "Maksym Shevchenko", "2012-08-08", "M", "UA", "kidneys",
        "Лікар І. Бондар", "Міська лікарня", "Kidney stones", "Two stones in a year.", "None",
        ("Why does he have stones?",), "vypyska-uk.jpg", "declined",
    ),
    Family(
        "hanna.bekele@beteseb.example", "ሃና በቀለ", "Hanna Bekele", "en", "Africa/Addis_Ababa",
        "ዳዊት በቀለ", "Dawit Bekele", "2015-10-10", "M", "ET", "heart", "ዶ/ር ዮናስ", "ጤና ጣቢያ",
        "Heart murmur", "Found at a school check.", "None", ("Is it dangerous?",),
        "debdabe-am.jpg", "withdrawn",
    ),
    Family(
        "elena.torres@familia.example", "Elena Torres", "", "es", "America/Mexico_City",
        "Emilia Torres", "", "2019-01-28", "F", "MX", "cancer-and-blood", "Dra. Paula Vega",
        "Hospital General", "Anemia", "Cansancio.", "Hierro", ("¿Qué más se puede hacer?",),
        "carta-de-alta-es.jpg", "draft",
    ),
    Family(
        "yusuf.aden@qoys.example", "Yusuf Aden", "", "en", "Africa/Nairobi", "Ayaan Aden", "",
        "2014-03-17", "M", "KE", "growth-and-genes", "Dr. Faith Wanjiru", "County Hospital",
        "Short for his age", "", "", (), "debdabe-am.jpg", "expired",
    ),
)  # fmt: skip
