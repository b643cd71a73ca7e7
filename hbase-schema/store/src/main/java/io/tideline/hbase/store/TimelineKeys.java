package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RecordKeyReader;
import io.tideline.hbase.sequencer.RecordKeyWriter;
import io.tideline.hbase.sequencer.RowKeys;
import java.util.ArrayList;
import java.util.List;

/** Timelines' names as row key prefixes, records' keys as what follows them, and back. */
public final class TimelineKeys {
    private TimelineKeys() {}

    public static byte[] prefix(TimelineId timeline) {
        return RowKeys.prefix(
                timeline.app().value().getBytes(UTF_8),
                timeline.family().code(),
                timeline.name().getBytes(UTF_8));
    }

    /**
     * The timeline that a row belongs to.
     *
     * @throws MalformedBatchException when it belongs to none
     */
    public static TimelineId timeline(byte[] row) throws MalformedBatchException {
        int prefixLength = RowKeys.prefixLength(row);
        return new TimelineId(
                new AppId(new String(RowKeys.app(row), UTF_8)),
                TimelineFamily.ofCode(RowKeys.family(row)),
                new String(RowKeys.id(row, prefixLength), UTF_8));
    }

    /** What follows the prefix in the row of a record, or in all rows whose keys begin with {@code parts}. */
    static byte[] recordSuffix(RecordKind kind, List<KeyPart> parts) {
        RecordKeyWriter writer = new RecordKeyWriter(kind.code());
        for (KeyPart part : parts) {
            if (part instanceof KeyPart.Ordinal number) {
                writer.number(number.value());
            } else if (part instanceof KeyPart.Text text) {
                writer.text(text.value().getBytes(UTF_8));
            }
        }
        return writer.toByteArray();
    }

    /**
     * The parts of the key in the row of a record whose prefix is {@code prefixLength} long.
     *
     * @throws MalformedBatchException when it is no record's row
     */
    static List<KeyPart> recordParts(byte[] row, int prefixLength) throws MalformedBatchException {
        RecordKeyReader reader = new RecordKeyReader(row, prefixLength);
        List<KeyPart> parts = new ArrayList<>();
        while (reader.hasNext()) {
            parts.add(
                    reader.nextIsNumber()
                            ? KeyPart.of(reader.readNumber())
                            : KeyPart.of(new String(reader.readText(), UTF_8)));
        }
        return parts;
    }
}
