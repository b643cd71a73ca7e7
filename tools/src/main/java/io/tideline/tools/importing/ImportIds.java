package io.tideline.tools.importing;

import io.tideline.core.timeline.ClientMessageId;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * The client message ids of one import: {@code <import id>:<line>}, so that a line has the same id in every run and an id
 * tells its line.
 *
 * @param importId 1 to {@value #MAX_IMPORT_ID_BYTES} bytes of UTF-8 without control characters
 */
public record ImportIds(String importId) {
    /** What a client message id leaves beside the colon and a line number of 15 digits. */
    public static final int MAX_IMPORT_ID_BYTES = ClientMessageId.MAX_BYTES - 16;

    public ImportIds {
        int bytes = importId.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_IMPORT_ID_BYTES) {
            throw new IllegalArgumentException("import id: " + bytes + " bytes of UTF-8 (expected: 1.."
                    + MAX_IMPORT_ID_BYTES + "); name a short one with --import-id");
        }
        if (importId.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("import id: control character (expected: none)");
        }
    }

    /** The id of a line, numbered from 1. */
    public String ofLine(long line) {
        return importId + ":" + line;
    }

    /** The line of an id; empty when it is not of this import. */
    public OptionalLong lineOf(String clientMessageId) {
        int digits = importId.length() + 1;
        if (clientMessageId.length() <= digits
                || clientMessageId.length() > digits + 15
                || clientMessageId.charAt(digits - 1) != ':'
                || !clientMessageId.startsWith(importId)) {
            return OptionalLong.empty();
        }
        String number = clientMessageId.substring(digits);
        boolean canonical = number.charAt(0) != '0' && number.chars().allMatch(c -> c >= '0' && c <= '9');
        return canonical ? OptionalLong.of(Long.parseLong(number)) : OptionalLong.empty();
    }
}
