"""What the specialists of the demonstration write: invented, and made for its own case only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A report: who writes it, its fields, the answers in their order, and what comes after."""

    by: str
    body: dict[str, str]
    answers: tuple[str, ...]
    question: str = ""
    reply: str = ""
    caption: str = ""


EPILEPSY = Written(
    by="mei.tanaka",
    body={
        "history": "The seizures began three months ago, during sleep and on waking, with "
        "twitching of one side of the face. Awareness returns within minutes. Birth and "
        "development were normal.",
        "findings": "The letter from home describes centrotemporal spikes that increase in sleep. "
        "The T1-weighted MR series was reviewed slice by slice: no mass, no malformation of the "
        "cortex and no sign of scarring of the hippocampus was seen.",
        "section_eeg": "Only the report was sent, of one recording awake and asleep without video.",
        "diagnosis": "agrees",
        "diagnosis_text": "Course, recording and age fit self-limited epilepsy with "
        "centrotemporal spikes.",
        "diagnosis_codes": "orphanet 1945\nicd-10-cm G40.009",
        "finding_codes": "hpo HP:0012557\nhpo HP:0031951",
        "procedure_codes": "icd-10-pcs 4A00X4Z\nicd-10-pcs B030ZZZ",
        "advised_codes": "icd-10-pcs 4A10X4Z",
        "plan": "partly",
        "plan_text": "Treatment is reasonable. The evening dose matters most, because the "
        "seizures come from sleep.",
        "tests": "A sleep EEG in six months. No further imaging is needed unless the seizures "
        "change.",
        "option_1_name": "Go on with the medicine",
        "option_1_pros": "Fewer seizures at night; rest for the family",
        "option_1_cons": "May cause irritability; to be watched for",
        "option_2_name": "Wait without medicine",
        "option_2_pros": "No side effects; many children outgrow the seizures",
        "option_2_cons": "More seizures are likely in the next year",
        "urgency": "routine",
        "limitations": "The EEG itself was not sent, only its description. The child was not "
        "examined.",
        "references": "Specchio N. and others (2022), Epilepsia 63: 1398–1442.",
        "summary": "Your child has a kind of epilepsy that is common at this age. Most children "
        "stop having seizures when they grow up. The pictures of the brain look healthy. The "
        "medicine is a good choice. Give it on time, above all in the evening. Your child can go "
        "to school and play. When your child swims, an adult must always watch.",
    },
    answers=(
        "Yes. What was sent fits this diagnosis well.",
        "The dose is within the usual range of 20–40 mg/kg a day. It may be raised in the evening.",
        "Yes, with an adult beside the water who can swim.",
    ),
    question="¿Cuándo repetimos el electroencefalograma?",
    reply="In six months, during sleep.",
    caption="Slice through the middle: both sides look alike.",
)

# The lines of this report in Spanish, as its translator writes them.
EPILEPSY_IN_SPANISH = {
    EPILEPSY.body["summary"]: "Su hija tiene un tipo de epilepsia que es común a esta edad. La "
    "mayoría de los niños dejan de tener crisis cuando crecen. Las imágenes del cerebro se ven "
    "sanas. La medicina es una buena elección. Désela a su hora, sobre todo por la noche. Su hija "
    "puede ir a la escuela y jugar. Cuando su hija nade, un adulto debe mirarla siempre.",
    EPILEPSY.body["limitations"]: "El EEG mismo no se envió, solo su descripción. La niña no fue "
    "examinada.",
    EPILEPSY.body["diagnosis_text"]: "El curso, el registro y la edad concuerdan con una epilepsia "
    "autolimitada con puntas centrotemporales.",
    EPILEPSY.body["plan_text"]: "El tratamiento es razonable. La dosis de la noche es la que más "
    "importa, porque las crisis vienen del sueño.",
    EPILEPSY.body["history"]: "Las crisis empezaron hace tres meses, durante el sueño y al "
    "despertar, con sacudidas de un lado de la cara. La conciencia vuelve en minutos. El parto y "
    "el desarrollo fueron normales.",
    EPILEPSY.body["findings"]: "La carta de casa describe puntas centrotemporales que aumentan con "
    "el sueño. La serie de RM en T1 se revisó corte por corte: no se vio ninguna masa, ninguna "
    "malformación de la corteza ni ningún signo de cicatriz del hipocampo.",
    EPILEPSY.body[
        "section_eeg"
    ]: "Solo se envió el informe, de un registro despierto y dormido sin video.",
    EPILEPSY.body["tests"]: "Un EEG de sueño en seis meses. No hacen falta más imágenes, a menos "
    "que las crisis cambien.",
    EPILEPSY.answers[0]: "Sí. Lo que se envió concuerda bien con este diagnóstico.",
    EPILEPSY.answers[1]: "La dosis está dentro del rango habitual de 20–40 mg/kg al día. Puede "
    "subirse por la noche.",
    EPILEPSY.answers[2]: "Sí, con un adulto junto al agua que sepa nadar.",
    EPILEPSY.body["option_1_name"]: "Seguir con la medicina",
    EPILEPSY.body["option_1_pros"]: "Menos crisis por la noche; descanso para la familia",
    EPILEPSY.body["option_1_cons"]: "Puede causar irritabilidad; hay que vigilarla",
    EPILEPSY.body["option_2_name"]: "Esperar sin medicina",
    EPILEPSY.body["option_2_pros"]: "Sin efectos secundarios; muchos niños superan las crisis",
    EPILEPSY.body["option_2_cons"]: "Son probables más crisis en el próximo año",
    EPILEPSY.caption: "Corte por el medio: los dos lados se ven iguales.",
}

LOW_COUNTS = Written(
    by="amina.diallo",
    body={
        "history": "Tiredness and pallor for two months, and bruises without a knock. No medicine "
        "was given before. Fever or pain in the bones is not mentioned.",
        "findings": "The sheet from the laboratory shows too few red cells and too few platelets. "
        "Two of the three kinds of blood cells are low, and no cause is named. No images belong "
        "to this question, and none were sent.",
        "section_pathology": "No blood film and no bone marrow were sent, only the counts.",
        "diagnosis": "partly",
        "diagnosis_text": "Anaemia with low platelets describes what was measured. It is not yet "
        "a diagnosis: the cause is to be found.",
        "diagnosis_codes": "icd-10-cm D64.9\nicd-10-cm D69.6",
        "finding_codes": "hpo HP:0001903\nhpo HP:0001873\nhpo HP:0000980",
        "advised_codes": "icd-10-pcs 07DR3ZX",
        "plan": "partly",
        "plan_text": "To wait is not enough. The cause should be looked for now.",
        "tests": "Full blood count with a film read by a specialist, reticulocytes, iron, vitamin "
        "B12 and folate, liver and kidney values. Bone marrow aspirate and trephine.",
        "option_1_name": "Bone marrow examination now",
        "option_1_pros": "Gives the cause, or leaves out the grave ones",
        "option_1_cons": "A small procedure in sleep",
        "option_2_name": "Repeat the count in a week first",
        "option_2_pros": "No procedure if the counts recover",
        "option_2_cons": "A week is lost if they do not",
        "urgency": "soon",
        "limitations": "The blood film was not sent. The child was not examined.",
        "references": "",
        "summary": "Your child has too few red blood cells, and too few of the cells that stop "
        "bleeding. We do not know why yet. A doctor should look at the bone marrow, where blood "
        "is made. This is done while your child sleeps. Please do this soon. Go to a hospital at "
        "once if your child bleeds and it does not stop, or has a fever.",
    },
    answers=(
        "Yes. Two kinds of blood cells are low without a known cause, so it should be done soon.",
        "That depends on the cause. Until then: transfusion when it is needed, and no ibuprofen.",
    ),
    question="متى نعيد الفحص؟",
)

BONE_LESION = Written(
    by="amina.diallo",
    body={
        "history": "Pain and swelling of the right knee for six months. No fever.",
        "findings": "The letter describes a lesion of the right femur above the knee. The X-rays "
        "and the MR images that it speaks of were not sent.",
        "section_function": "The letter from home: a limp, and pain at night. No examination was "
        "sent.",
        "diagnosis": "cannot_say",
        "diagnosis_text": "A lesion is a finding, not a diagnosis. Without images and tissue "
        "nobody can say what it is.",
        "diagnosis_codes": "icd-10-cm M89.9",
        "finding_codes": "hpo HP:0030839",
        "advised_codes": "icd-10-pcs BQ33ZZZ\nicd-10-pcs 0QBB0ZX",
        "plan": "differs",
        "plan_text": "Ibuprofen alone is not enough for six months of pain with a lesion of bone.",
        "tests": "MR of the whole thigh with contrast, X-rays in two planes, and a biopsy planned "
        "with the surgeon who would operate.",
        "urgency": "soon",
        "limitations": "No images were sent. The child was not examined.",
        "references": "",
        "summary": "Something in the bone above your child’s knee needs a closer look. We cannot "
        "tell from the letter what it is. Your child needs pictures of the whole thigh, and a "
        "small piece of the bone should be looked at. Please do this soon. Until then your child "
        "should not run or jump.",
    },
    answers=(
        "Yes, after an MR of the whole thigh, in a centre that treats bone tumours.",
        "Short ways are fine. No running, jumping or carrying until the bone has been imaged.",
    ),
)

BY_SPECIALTY = {
    "brain-and-nerves": EPILEPSY,
    "cancer-and-blood": LOW_COUNTS,
    "bones-and-joints": BONE_LESION,
}

# What one family wrote, in English.
FROM_HOME = {
    "نوبات تشنج": "Seizures",
    "نوبتان في شهر واحد.": "Two seizures in one month.",
    "ليفيتيراسيتام 500 mg": "Levetiracetam 500 mg",
    "ما سبب النوبات؟": "What causes the seizures?",
}
