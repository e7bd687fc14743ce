"""The directory of experts, matching, the whole queue, offers."""
