"""The viewer's words: the island shows them, this house translates them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_IMAGES: dict[str, str | Promise] = {
    "series": _("Series"),
    "image": _("Image {n} of {m}"),
    "picture": _("Medical image. Press ? for the keys."),
    "loading": _("Loading the images…"),
    "failed": _("The images could not be loaded. Reload the page to try again."),
    "no_pictures": _("This series holds no pictures."),
    "other_name": _("another name than the child’s"),
    "other_nobody": _("no real name"),
    "other_birth": _("another date of birth than the child’s"),
    "undecodable": _(
        "This image cannot be shown here with true values. Its original file is kept."
    ),
    "cut_off": _("The file is cut off: a part of its picture is missing."),
    "damaged": _("Its picture is damaged, or packed in a way that cannot be opened here."),
    "no_picture": _("This file has no picture."),
    "other_kind": _("Pictures of this kind cannot be opened here."),
    "not_arrived": _("It has not arrived. Go to another image and come back to try again."),
    "window": _("Window"),
    "window_auto": _("Automatic"),
    "window_full": _("Full range"),
    "window_file": _("As stored"),
    "preset_soft": _("Soft tissue"),
    "preset_lung": _("Lung"),
    "preset_liver": _("Liver"),
    "preset_bone": _("Bone"),
    "preset_brain": _("Brain"),
    "slider": _("Image in the series"),
    "place": _("Position {n} mm"),
    "thickness": _("Slice {n} mm"),
    "gap_before": _("Images are missing before this one ({n} mm)"),
    "gap_after": _("Images are missing after this one ({n} mm)"),
    "lossy": _("Lossy compression"),
    "software": _("Drawn without a graphics card"),
    "purpose": _("For review, not for primary diagnosis."),
}

_TOOLS: dict[str, str | Promise] = {
    "tools": _("Tools of the viewer"),
    "scroll": _("Scroll"),
    "zoom": _("Zoom"),
    "move": _("Move"),
    "length": _("Measure length"),
    "angle": _("Measure an angle"),
    "ellipse": _("Measure an ellipse"),
    "probe": _("Value at a point"),
    "invert": _("Invert"),
    "rotate": _("Rotate"),
    "rotate_back": _("Rotate back"),
    "mirror": _("Mirror left and right"),
    "upend": _("Mirror top and bottom"),
    "reset": _("Reset"),
    "play": _("Play or stop"),
    "rate": _("Images a second"),
    "planes": _("Three planes"),
    "compare": _("Two side by side"),
    "link": _("Scroll both together"),
    "large": _("Large"),
    "help": _("Keys and touch"),
    "close": _("Close"),
    "remove": _("Remove"),
    "removed": _("Removed."),
    "undo": _("Undo"),
    "restored": _("It is back."),
}

_MEASURES: dict[str, str | Promise] = {
    "mark_length": _("Length"),
    "mark_angle": _("Angle"),
    "mark_ellipse": _("Ellipse"),
    "mark_probe": _("Point"),
    "area": _("Area"),
    "mean": _("Mean"),
    "range": _("Range"),
    "uncalibrated": _("uncalibrated"),
    "no_unit": _("values without a unit"),
    "outside": _("Partly outside the images: nothing is measured"),
    "marks": _("Measurements: {n}"),
    "marks_saved": _("Measurement saved"),
    "marks_failed": _("Not saved yet. We try again by ourselves."),
    "marks_beyond": _("This measurement is not on the image."),
    "marks_refused": _("This measurement cannot be kept."),
    "marks_taken_off": _("It was taken off the picture."),
    "marks_put_back": _("It is back where it was."),
    "not_removed": _("Not removed. Try again."),
    "marks_on_planes": _("Measured on a plane that the computer made. This is not kept."),
    "marks_ended": _("What was measured on the planes that the computer made is gone with them."),
    "marks_not_loaded": _("Earlier measurements could not be loaded. Reload the page."),
    "keyimage": _("Add as key image"),
    "keyimage_saving": _("Adding…"),
    "keyimage_saved": _("Added to the report"),
    "keyimage_as_it_came": _(
        "Added to the report as the image came: not mirrored, turned or inverted."
    ),
    "keyimage_failed": _("Not added. Try again."),
    "keyimage_planes": _(
        "The computer made these planes: the report takes images as they came. "
        "Press O: the image at this place opens, and can be added."
    ),
    "keyimage_blank": _("There is no picture here that could be added."),
    "caption": _("Caption of this image"),
    "caption_saved": _("Saved"),
    "caption_ask": _("Write what the image shows."),
}

_PLANES: dict[str, str | Promise] = {
    "axial": _("Axial"),
    "sagittal": _("Sagittal"),
    "coronal": _("Coronal"),
    "mpr_loading": _("Loading all images for the three planes…"),
    "mpr_refused": _("Three planes cannot be made from this series."),
    "mpr_few": _("It has too few images ({n})."),
    "mpr_unknown": _("The images do not say where they lie."),
    "mpr_orientation": _("Its images lie in different directions."),
    "mpr_colour": _("Its images are in colour."),
    "mpr_size": _("Its images differ in size."),
    "mpr_twice": _("Two images lie at the same place."),
    "mpr_spacing": _("The distance between its images changes: {min} to {max} mm."),
    "mpr_tilt": _("The gantry was tilted by {n} degrees."),
    "mpr_undecodable": _("Not all of its images could be loaded."),
}

_KEYS: dict[str, str | Promise] = {
    "key_next": _("Next image"),
    "key_before": _("Image before"),
    "key_ten_on": _("Ten images on"),
    "key_ten_back": _("Ten images back"),
    "key_first": _("First image"),
    "key_last": _("Last image"),
    "key_preset": _("Window preset"),
    "key_closer": _("Zoom in"),
    "key_further": _("Zoom out"),
    "key_remove": _("Remove the chosen measurement"),
    "key_leave": _("Leave the large view, or the tool"),
    "mouse": _("Mouse: wheel scrolls, drag uses the tool, right drag zooms, shift and drag moves."),
    "touch": _("Touch: one finger uses the tool, two fingers zoom."),
}

VIEWER_TEXTS = _IMAGES | _TOOLS | _MEASURES | _PLANES | _KEYS
