package io.tideline.store.export;

/**
 * Where a part of an export stands.
 *
 * @param name a conversation, member or device; empty before the first
 * @param seq in the timeline of {@code name}, the next to read; 0 when {@code name} is done with
 */
record ExportCursor(String name, long seq) {
    static final ExportCursor BEGIN = new ExportCursor("", 0);
}
