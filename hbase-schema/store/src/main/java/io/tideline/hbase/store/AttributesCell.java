package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.Attributes;
import io.tideline.hbase.sequencer.ByteReader;
import io.tideline.hbase.sequencer.ByteWriter;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.util.HashMap;
import java.util.Map;

/**
 * The value of {@code m:a}: {@code format(1)=1 | version(8) | count(varint) | name(sized) value(sized)…}, sorted by name.
 * The version is the cell's timestamp too, so that a later change is never eclipsed by an earlier one.
 */
final class AttributesCell {
    private static final byte FORMAT = 1;

    private AttributesCell() {}

    static byte[] encode(Attributes attributes) {
        ByteWriter writer = new ByteWriter(64)
                .put(FORMAT)
                .putLong(attributes.version())
                .putVarint(attributes.values().size());
        attributes.values().forEach((name, value) -> writer.putSized(name.getBytes(UTF_8))
                .putSized(value.getBytes(UTF_8)));
        return writer.toByteArray();
    }

    static Attributes decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format != FORMAT) {
            throw new MalformedBatchException("attributes: format " + format);
        }
        long version = reader.readLong();
        int count = reader.readVarint();
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < count; i++) {
            values.put(new String(reader.readSized(), UTF_8), new String(reader.readSized(), UTF_8));
        }
        return new Attributes(values, version);
    }
}
