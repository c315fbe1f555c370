"""Whether a mail is worth the slow second reading, which recognises text in pictures.

Light: the daemon asks this of what its workers answered, without loading any reader.
"""

from collections.abc import Callable
from concurrent.futures import Future

from parsers.documents import ocr
from parsers.facts import ImageFact, Reading, Unreadable
from parsers.second_tries import failure


def awaits_recognition(reading: Reading) -> bool:
    """A scan without text, or pictures in a mail that holds no other draft."""
    readings = (reading, *reading.nested)
    files = [file for one in readings for file in one.files]
    if any(
        isinstance(file.content, Unreadable) and file.content.reason == ocr.UNRECOGNISED
        for file in files
    ):
        return True
    pictures = any(isinstance(file.content, ImageFact) for file in files)
    return pictures and not any(one.drafts for one in readings)


def recognised(
    first: "Future[Reading]", again: Callable[[], "Future[Reading]"]
) -> "Future[Reading]":
    """The second reading where one is worth it and succeeds; else the first."""
    answer: Future[Reading] = Future()

    def on_first(done: "Future[Reading]") -> None:
        error = failure(done)
        if error is not None:
            answer.set_exception(error)
            return
        reading = done.result()
        if not awaits_recognition(reading):
            answer.set_result(reading)
            return
        try:
            slow = again()
        except RuntimeError:  # shutting down
            answer.set_result(reading)
            return
        slow.add_done_callback(
            lambda second: answer.set_result(reading if failure(second) else second.result())
        )

    first.add_done_callback(on_first)
    return answer
