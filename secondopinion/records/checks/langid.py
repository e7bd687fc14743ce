"""The model of py3langid, loaded (a second of a core) when this module is imported: the sandbox's
server does so once for all its children, see `understanding.WARM`."""

from py3langid.langid import MODEL_FILE, LanguageIdentifier

WHOLE = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
