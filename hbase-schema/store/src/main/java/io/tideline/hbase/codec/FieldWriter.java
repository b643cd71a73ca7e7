package io.tideline.hbase.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.Payload;
import io.tideline.hbase.sequencer.ByteWriter;
import java.util.Map;
import java.util.TreeMap;

/** Writes the fields of a value one after the other. */
final class FieldWriter {
    private final ByteWriter target = new ByteWriter(64);

    /**
     * Begins a value.
     *
     * @param first the level or format, 0 to 127
     */
    FieldWriter(int first) {
        target.put((byte) first);
    }

    FieldWriter code(int code) {
        target.put((byte) code);
        return this;
    }

    FieldWriter flag(boolean flag) {
        return code(flag ? 1 : 0);
    }

    FieldWriter number(long number) {
        target.putLong(number);
        return this;
    }

    FieldWriter count(int count) {
        target.putVarint(count);
        return this;
    }

    FieldWriter text(String text) {
        target.putSized(text.getBytes(UTF_8));
        return this;
    }

    FieldWriter payload(Payload payload) {
        target.putSized(payload.toByteArray());
        return this;
    }

    FieldWriter texts(Map<String, String> texts) {
        count(texts.size());
        new TreeMap<>(texts).forEach((name, value) -> text(name).text(value));
        return this;
    }

    Payload done() {
        return Payload.takeOver(target.toByteArray());
    }
}
