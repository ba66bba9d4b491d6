"""Cannot be loaded: what it imports is not in the package."""
import a_library_that_was_forgotten  # noqa: F401


def handler(event, context):
    return {"ok": True}
