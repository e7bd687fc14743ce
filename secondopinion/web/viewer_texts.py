"""The viewer's words: the island shows them, this house translates them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VIEWER_TEXTS: dict[str, str | Promise] = {
    "series": _("Series"),
    "images": _("Images: {n}"),
    "image": _("Image {n} of {m}"),
    "loading": _("Loading the images…"),
    "loaded": _("Loaded: {n} of {m}"),
    "failed": _("The images could not be loaded. Reload the page to try again."),
    "no_pictures": _("This series holds no pictures."),
    "undecodable": _(
        "This image cannot be shown here with true values. Its original file is kept."
    ),
    "window": _("Window"),
    "window_auto": _("Automatic"),
    "window_full": _("Full range"),
    "window_file": _("As stored"),
    "preset_soft": _("Soft tissue"),
    "preset_lung": _("Lung"),
    "preset_liver": _("Liver"),
    "preset_bone": _("Bone"),
    "preset_brain": _("Brain"),
    "length": _("Measure length"),
    "reset": _("Reset"),
    "invert": _("Invert"),
    "keyimage": _("Add as key image"),
    "keyimage_saving": _("Adding…"),
    "keyimage_saved": _("Added to the report"),
    "keyimage_failed": _("Not added. Try again."),
    "slider": _("Image in the series"),
    "thickness": _("Slice {n} mm"),
    "lossy": _("Lossy compression"),
    "software": _("Drawn without a graphics card"),
    "keys": _(
        "Wheel or arrow keys: next image. Drag: window. Right drag: zoom. Shift and "
        "drag: move. 1–5: presets. L: measure. R: reset. K: key image."
    ),
    "caption": _("Caption of this image"),
    "caption_ask": _("Write what the image shows."),
}
