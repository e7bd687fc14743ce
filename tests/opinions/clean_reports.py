"""Reports as careful specialists write them, invented: no check may doubt one of them."""

from dataclasses import dataclass, field
from datetime import date

from secondopinion.opinions.checking.found import Facts, Source

TODAY = date(2026, 11, 1)
# Children of the same specialist whose names are words, parts of diseases, or in other scripts.
OTHERS = (
    "Ahmed Hassan", "Мария Иванова", "محمد العلي", "王小明", "Oliver White", "Grace Young",
    "Rose Hope", "Mark Brown", "Will Hunt", "Leigh Wilson", "April May", "Jack Down",
)  # fmt: skip


@dataclass(frozen=True)
class Clean:
    """A report by its fields, and the facts that it is held against."""

    name: str
    texts: dict[str, str]
    facts: Facts = field(default_factory=Facts)


def girl(name: str, born: date, kg: float | None = None, *sources: str, people: str = "") -> Facts:
    """Return the facts of a girl."""
    return _child("F", name, born, kg, sources, people)


def boy(name: str, born: date, kg: float | None = None, *sources: str, people: str = "") -> Facts:
    """Return the facts of a boy."""
    return _child("M", name, born, kg, sources, people)


def _child(
    sex: str, name: str, born: date, kg: float | None, sources: tuple[str, ...], people: str
) -> Facts:
    return Facts(
        names=tuple(name.split("/")), people=tuple(filter(None, people.split("/"))), others=OTHERS,
        sex=sex, born=born, weight_kg=kg, weighed_on=date(2026, 10, 12),
        sources=tuple(map(Source, sources)),
    )  # fmt: skip


CLEAN = [
    Clean(
        "kidney tumour, the other kidney normal",
        {
            "answer_1": "Yes. The mass of the right kidney is most likely a Wilms tumour.",
            "answer_2": "No. The left kidney looks normal and can carry the whole function.",
            "history": "A painless swelling of the abdomen was found by his mother while she "
            "bathed him. She saw no blood in the urine. Blood pressure 118/74 mmHg.",
            "findings": "CT of 3 March 2026: an inhomogeneous mass of 8.4 × 7.9 × 9.1 cm in the "
            "upper pole of the right kidney. No thrombus in the renal vein. The left kidney "
            "measures 7.8 cm and is unremarkable. Two nodules of the right lung, 4 and 6 mm; the "
            "left lung is clear.",
            "tests": "Contralateral kidney: an ultrasound of the left kidney before surgery, for "
            "comparison. Chest CT in six weeks.",
            "references": "Brown E, Young G, White O (2019). Pediatr Blood Cancer 66: e27500. "
            "Wilson L, Hunt W (2021).",
            "summary": "Your son has a lump in his right kidney. The other kidney looks healthy. "
            "Most children with this lump get well. He needs medicine first. Then a surgeon takes "
            "the kidney out. Please go to the hospital soon.",
            "caption_1": "Mass of the right kidney, coronal plane.",
        },
        boy("Mateo Rojas", date(2022, 2, 3), 16.0, "Tumor del riñón derecho. Nódulos en el pulmón "
            "derecho.", "8 cm mass, right kidney, upper pole", people="Ana Rojas/Dr. Luis Vega"),
    ),
    Clean(
        "epilepsy with doses by weight",
        {
            "answer_1": "Yes, 10 mg/kg twice a day is a usual dose of levetiracetam to begin with.",
            "answer_2": "With an adult beside the water, yes.",
            "plan_text": "Levetiracetam 250 mg twice a day may be raised by 10 mg/kg every two "
            "weeks, to at most 60 mg/kg/day. Clobazam was not needed. If a seizure lasts more than "
            "five minutes: midazolam 5 mg into the cheek, once. The valproate level of 80 mg/L in "
            "May was in range. Levetiracetam oral solution 100 mg/ml is easier to give than 500 "
            "mg tablets.",
            "findings": "White matter is normal. Young children often have such spikes. Mark the "
            "electrodes that were used. Will this go away? In most children, by the age of 14.",
            "limitations": "The EEG itself was not sent [only its description]. Values <LLN and "
            ">ULN were not marked in the letter.",
            "summary": "Your child has a kind of epilepsy that is common at this age. Most "
            "children stop having seizures when they grow up. The medicine is a good choice. "
            "Give it on time.",
        },
        girl("Camila Fernández", date(2017, 5, 14), 22.5, "Epilepsia. Levetiracetam 250 mg cada 12 "
             "horas.", people="María López/Dra. Lucía Ramírez"),
    ),
    Clean(
        "leukaemia, the brother as a donor",
        {
            "answer_1": "Her brother is a full match (10/10). He can be the donor if he and his "
            "parents agree; his veins should be looked at by the donor team.",
            "history": "She was diagnosed in April. Her father works abroad; he sent the reports. "
            "Dr. Hassan, her oncologist, stopped vincristine because he saw a foot drop.",
            "findings": "Blasts 82 %. BCR::ABL1 was not found. CSF: 0 cells/µl. In boys and girls "
            "alike this subtype does well; a boy or a girl of this age has a chance above 90 %.",
            "plan_text": "Dexamethasone 6 mg/m2 a day in induction, as planned; methotrexate 5 "
            "g/m2 with levels at 24, 42 and 48 h. Ondansetron 0.15 mg/kg up to 8 mg before each "
            "course.",
            "urgency": "soon",
            "summary": "Your daughter has leukemia. That is a cancer of the blood. The treatment "
            "that she gets is right. Her brother can give her new cells. He will not get ill from "
            "it.",
        },
        girl("Leyla Aydın", date(2018, 1, 9), 19.0, people="Mehmet Aydın/Dr. Kemal Hassan"),
    ),
    Clean(
        "heart failure in an infant",
        {
            "answer_1": "The hole can be closed when he weighs about 6 kg.",
            "history": "His mother reports that she feeds him every two hours. She has no "
            "diabetes. He sweats while he drinks.",
            "findings": "A large perimembranous defect, shunt from left to right. The left atrium "
            "and the left ventricle are dilated, the right ventricle is not. The bundle of His "
            "runs at its lower edge. HER-2 was not asked for.",
            "plan_text": "Furosemide 1 mg/kg twice a day, captopril 0.3 mg/kg three times a day. "
            "Digoxin 5 micrograms/kg twice a day (25 mcg) may be added; aim for a level of 0.8 "
            "ng/ml. Paracetamol 60 mg (15 mg/kg) for fever, at most four times a day.",
            "options": "",
            "summary": "Your baby has a hole in the heart. It makes him work hard when he drinks. "
            "The medicines help. When he is bigger, surgeons can close the hole. He will be "
            "asleep.",
        },
        boy("Samuel Tesfaye", date(2026, 6, 20), 4.6, "Ventricular septal defect", people="Hanna"
            " Tesfaye/Dr. Abebe Girma"),
    ),
    Clean(
        "a karyotype of three X",
        {
            "answer_1": "47,XXX explains her height. It does not explain the seizures.",
            "findings": "Karyotype: 47,XXX in 20 of 20 cells. Triple X (XXX syndrome) was not "
            "known before. The array is normal: arr(1–22)×2,(X)×3.",
            "diagnosis_text": "Down syndrome was ruled out. Wilson disease is unlikely: "
            "ceruloplasmin 0.31 g/L. May be repeated in April.",
            "summary": "Your daughter has one more X chromosome than most girls. Many girls have "
            "this and never know. It is not an illness. She can learn and play. She may need help "
            "at school.",
        },
        girl("Nora Lind", date(2015, 3, 3), 40.0),
    ),
    Clean(
        "a lesion of bone, and words that only look like sides",
        {
            "answer_1": "A biopsy is needed, right after the MRI. Nothing should be left to "
            "chance.",
            "history": "Pain in the left thigh since May. She left school early because of it. The "
            "lesion was left untreated for months. The right hip was painful once, after a fall.",
            "findings": "Left femur: a lytic lesion of the diaphysis, 5 cm. The right femur is "
            "normal by comparison. Both knees are normal.",
            "tests": "MRI of the whole left thigh with contrast. X-ray of the right thigh is not "
            "needed.",
            "limitations": "The child was not examined. Ages given as <5 years or >10 years could "
            "not be told apart.",
            "summary": "There is a change in the bone of the left thigh. We do not know yet what "
            "it is. A small piece of the bone must be looked at. Please do this soon. Until then "
            "your child should not run.",
        },
        girl("Amira Haddad/أميرة حداد", date(2014, 8, 8), 35.0, "ألم في الفخذ الأيسر منذ أيار",
             "Lesion of the left femur", people="Rania Haddad"),
    ),
    Clean(
        "both eyes, with one treated",
        {
            "answer_1": "The right eye can be kept. The left eye was taken out, and that was "
            "right.",
            "findings": "Right eye: one tumour of 3 mm, group B. Left eye: enucleated in June; no "
            "recurrence in the orbit.",
            "history": "A white pupil was seen in both eyes at 11 months.",
            "summary": "Both eyes had a tumour. The left eye is gone, and the cancer with it. The "
            "right eye can be saved. Your son will see with it. He needs a check every month.",
        },
        boy("Arjun Patel", date(2024, 12, 1), 11.0, "Bilateral retinoblastoma. Left eye "
            "enucleated. Right eye group B."),
    ),
    Clean(
        "nephrotic syndrome by body surface",
        {
            "answer_1": "Yes. Prednisolone 60 mg/m2 a day (40 mg) for six weeks is the first "
            "course.",
            "plan_text": "Then prednisolone 1.5 mg/kg on alternate days. Furosemide 20 mg once, if "
            "he swells. Albumin 1 g/kg is not needed. Enalapril 2.5 mg daily later.",
            "findings": "Protein to creatinine 6.2 g/g. Albumin 14 g/L. Creatinine 0.4 mg/dl. Both "
            "kidneys are of normal size: right 8.1 cm, left 8.3 cm.",
            "summary": "The filters of your son's kidneys leak. Salt and protein get lost. The "
            "medicine helps most children. It makes him hungry. Test his urine each morning.",
        },
        boy("Tom Baker", date(2019, 7, 7), 24.0, "Nephrotic syndrome", people="Sue Baker/Dr. Grace "
            "Young"),
    ),
    Clean(
        "infection, with levels, strengths and loading doses",
        {
            "answer_1": "Gentamicin 7 mg/kg once daily, with a trough below 1 mg/L before the "
            "second dose.",
            "answer_2": "Amoxicillin 45 mg/kg twice a day, that is 9 ml of the suspension of "
            "250 mg/5 ml.",
            "plan_text": "Vancomycin 15 mg/kg every 6 hours; the trough should be 10 to 15 mg/L. "
            "Ceftriaxone 80 mg/kg once daily (maximum 4 g). Paracetamol 15 mg/kg every six hours, "
            "not more than 1 g. Ibuprofen up to 400 mg three times daily is for adults.",
            "findings": "CRP 180 mg/L. Three blood cultures grew S. aureus.",
            "summary": "Your child has an infection of the blood. The two medicines are right. "
            "They go through a drip. Most children get well in two weeks. Tests will show if it "
            "works.",
        },
        girl("Ioana Popescu", date(2020, 4, 4), 10.0, "Sepsis"),
    ),
    Clean(
        "a shunt, with names of diseases and of places",
        {
            "answer_1": "The shunt works. No new operation is needed now.",
            "findings": "Chiari II, no Dandy-Walker variant. The tip of the shunt lies in the "
            "right lateral ventricle. The left temporal horn is not wider than before. "
            "Brown-Séquard signs were not described. Child-Pugh does not apply.",
            "history": "Treated at Young Hope Hospital by Professor Brown. The patient was seen "
            "there in April and in May. The child Life team of Harbour took part.",
            "references": "Down J, Wilson L and Hope R (2018). J Neurosurg Pediatr 22: 1–9. "
            "https://doi.org/10.3171/<2018.1>",
            "summary": "The small tube in your child's head works well. Nothing has to be done "
            "now. Come back if there is vomiting or a bad headache. One scan in a year is enough.",
        },
        boy("Yusuf Demir", date(2021, 9, 9), 15.0, "Shunt in the right ventricle. Right temporal "
            "horn wide."),
    ),
    Clean(
        "joints, several of them, on both sides",
        {
            "answer_1": "Methotrexate 10 mg/m2 once a week is right; he takes folic acid on the "
            "day after.",
            "findings": "Swelling of the left knee, the right ankle and the left wrist. The right "
            "knee moves freely. No uveitis in either eye.",
            "plan_text": "Ibuprofen 10 mg/kg three times a day until the methotrexate works. "
            "Steroid into the left knee.",
            "summary": "Three joints are sore. The medicine that your son takes once a week calms "
            "them. It needs two months to work. He may swim and ride a bike. Let an eye doctor "
            "look twice a year.",
        },
        boy("Diego Morales", date(2018, 2, 2), 18.0, "Artritis de la rodilla izquierda, el tobillo "
            "derecho y la muñeca izquierda."),
    ),
    Clean(
        "seizures of a newborn",
        {
            "answer_1": "Phenobarbital 20 mg/kg was the right first dose; 5 mg/kg/day keeps it up.",
            "history": "A girl born at 39 weeks, the first twin. Her twin brother is well; he went "
            "home on day 3. The midwife says that she saw the first seizure at 20 hours.",
            "plan_text": "Phenobarbital 8 mg twice a day. If seizures come back: levetiracetam 40 "
            "mg/kg once, phenytoin 20 mg/kg over 30 minutes, or midazolam 0.1 mg/kg/h as an "
            "infusion.",
            "findings": "A stroke in the area of the left middle cerebral artery. The right "
            "hemisphere is normal.",
            "summary": "Your baby had a stroke around birth. This caused the seizures. The "
            "medicine stopped them. Many babies learn to walk and talk. Her right hand needs "
            "exercise.",
        },
        girl("Lucía Gómez", date(2026, 9, 25), 3.4, "Ictus del hemisferio izquierdo"),
    ),
    Clean(
        "a case in which nothing but words was sent",
        {
            "answer_1": "We cannot say. The images were not sent (see the limitations).",
            "declined_2": "This is a question of law in your country, not of medicine.",
            "limitations": "Nothing was sent but a letter of one page. [1] and [2] are its "
            "numbers.",
            "history": "???".replace("?", "") + "Cough for three weeks. He or she may have had a "
            "fever; the letter says he/she.",
            "summary": "The letter says too little. Please send the images. Then we can answer. "
            "Nothing is lost. Your child's doctor can help you with this today.",
        },
        boy("Kofi Mensah", date(2016, 6, 6)),
    ),
    Clean(
        "in Spanish",
        {
            "answer_1": "Sí. La masa del riñón derecho es muy probablemente un tumor de Wilms.",
            "history": "La madre notó una masa en el abdomen cuando lo bañaba. Ella no vio sangre "
            "en la orina. El niño come bien y duerme bien.",
            "findings": "Masa de 8,4 cm en el riñón derecho. El riñón izquierdo es normal. Pulmón "
            "izquierdo sin lesiones.",
            "plan_text": "Paracetamol 240 mg cada 6 horas si hay dolor, como máximo 1 g al día. "
            "Ondansetrón 0,15 mg/kg antes de cada ciclo.",
            "summary": "Su hijo tiene un bulto en el riñón derecho. El otro riñón está sano. "
            "Muchos niños se curan. Primero toma una medicina. Luego un médico saca el riñón. Vaya "
            "pronto al hospital.",
        },
        boy("Mateo Rojas", date(2022, 2, 3), 16.0, "Tumor del riñón derecho. Pulmón derecho con "
            "nódulos.", people="Ana Rojas"),
    ),
    Clean(
        "in Arabic",
        {
            "answer_1": "نعم، الكتلة في الكلية اليمنى ورم ويلمز على الأرجح.",
            "findings": "كتلة في الكلية اليمنى قياسها ٨٫٤ سم. الكلية اليسرى طبيعية. لا يوجد تجمع "
            "سوائل حول الكلية اليسرى.",
            "plan_text": "باراسيتامول 240 ملغ كل 6 ساعات عند الألم.",
            "history": "الطفلة بعمر أربع سنوات. قالت الأم إن ابنتها لا تشكو من الألم.",
            "summary": "عند ابنتكم كتلة في الكلية اليمنى. الكلية الأخرى سليمة. يشفى معظم الأطفال. "
            "تأخذ الدواء أولا ثم يزيل الجراح الكلية.",
        },
        girl("سلمى خوري/Salma Khoury", date(2022, 2, 3), 16.0, "كتلة في الكلية اليمنى",
             people="هبة خوري"),
    ),
]  # fmt: skip
