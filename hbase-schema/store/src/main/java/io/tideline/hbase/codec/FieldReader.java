package io.tideline.hbase.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.timeline.Payload;
import io.tideline.hbase.sequencer.ByteReader;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Reads what {@link FieldWriter} wrote; whatever does not fit is a {@link CorruptDataException}. */
final class FieldReader {
    private final String what;
    private final ByteReader source;

    /**
     * Begins to read.
     *
     * @param what what is being read, for errors
     */
    FieldReader(String what, Payload value) {
        this.what = what;
        this.source = new ByteReader(value.toByteArray());
    }

    int code() {
        return read(ByteReader::read);
    }

    boolean flag() {
        return code() != 0;
    }

    long number() {
        return read(ByteReader::readLong);
    }

    int count() {
        return read(ByteReader::readVarint);
    }

    String text() {
        return new String(read(ByteReader::readSized), UTF_8);
    }

    Payload payload() {
        return Payload.takeOver(read(ByteReader::readSized));
    }

    Map<String, String> texts() {
        int count = count();
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            texts.put(text(), text());
        }
        return texts;
    }

    /** Whether anything is left: fields that were added later stand at the end, and may be missing. */
    boolean hasMore() {
        return source.remaining() > 0;
    }

    /** Checks the format byte. */
    FieldReader format(int expected) {
        int format = code();
        if (format != expected) {
            throw corrupt("format " + format);
        }
        return this;
    }

    /** What is made of the fields; what the value refuses does not fit either. */
    <T> T valid(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(
                    "stored value cannot be decoded", Map.of("value", what, "why", "out of bounds"), e);
        }
    }

    CorruptDataException corrupt(String why) {
        return new CorruptDataException("stored value cannot be decoded", Map.of("value", what, "why", why), null);
    }

    private interface Step<T> {
        T from(ByteReader reader) throws MalformedBatchException;
    }

    private <T> T read(Step<T> step) {
        try {
            return step.from(source);
        } catch (MalformedBatchException e) {
            throw new CorruptDataException("stored value cannot be decoded", Map.of("value", what), e);
        }
    }
}
