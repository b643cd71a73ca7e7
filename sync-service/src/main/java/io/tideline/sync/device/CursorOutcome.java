package io.tideline.sync.device;

/** What became of opening a cursor. */
public sealed interface CursorOutcome {
    /** It is open, and to be closed. */
    record Opened(DeviceCursor cursor) implements CursorOutcome {}

    /** Nothing was changed. */
    record Refused(Refusal refusal) implements CursorOutcome {}

    /** It was not wanted any more. Nothing is open, and no other stream ends for it. */
    record Unwanted() implements CursorOutcome {}
}
