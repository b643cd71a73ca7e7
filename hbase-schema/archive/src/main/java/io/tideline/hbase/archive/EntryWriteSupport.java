package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.TimelineId;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Puts rows into columns. What names the timeline is given once, before its rows. */
final class EntryWriteSupport extends WriteSupport<EntryRow> {
    private static final int MICROS = 1000;

    private @Nullable RecordConsumer consumer;
    private Binary key = Binary.EMPTY;
    private Binary app = Binary.EMPTY;
    private Binary family = Binary.EMPTY;
    private Binary name = Binary.EMPTY;

    @Override
    @SuppressWarnings("deprecation") // Abstract, and what the newer one calls.
    public WriteContext init(Configuration configuration) {
        return new WriteContext(FileSchema.PARQUET, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
        consumer = recordConsumer;
    }

    void timeline(byte[] prefix, TimelineId timeline) {
        key = Binary.fromConstantByteArray(FileSchema.key(prefix));
        app = text(timeline.app().value());
        family = text(timeline.family().name().toLowerCase(Locale.ROOT));
        name = text(timeline.name());
    }

    private static Binary text(String value) {
        return Binary.fromConstantByteArray(value.getBytes(UTF_8));
    }

    @Override
    public void write(EntryRow row) {
        RecordConsumer to = consumer;
        if (to == null) {
            throw new IllegalStateException("rows before the begin of the file");
        }
        to.startMessage();
        bytes(to, 0, FileSchema.KEY, key);
        bytes(to, 1, FileSchema.APP, app);
        bytes(to, 2, FileSchema.FAMILY, family);
        bytes(to, 3, FileSchema.TIMELINE, name);
        number(to, 4, FileSchema.SEQ, row.seq());
        number(to, 5, FileSchema.TIME, row.time() * MICROS);
        number(to, 6, FileSchema.COUNTED, row.counted());
        to.startField(FileSchema.ERASED, 7);
        to.addBoolean(row.isErased());
        to.endField(FileSchema.ERASED, 7);
        if (!row.isErased()) {
            content(to, row);
        }
        to.endMessage();
    }

    private static void content(RecordConsumer to, EntryRow row) {
        if (row.messageId() != 0) {
            number(to, 8, FileSchema.MESSAGE_ID, row.messageId());
        }
        bytes(to, 9, FileSchema.SENDER, Binary.fromConstantByteArray(row.sender()));
        bytes(to, 10, FileSchema.CLIENT_MESSAGE_ID, Binary.fromConstantByteArray(row.clientMessageId()));
        bytes(to, 11, FileSchema.KIND, Binary.fromConstantByteArray(row.kind()));
        bytes(to, 12, FileSchema.PAYLOAD, Binary.fromConstantByteArray(row.payload()));
    }

    private static void number(RecordConsumer to, int index, String field, long value) {
        to.startField(field, index);
        to.addLong(value);
        to.endField(field, index);
    }

    private static void bytes(RecordConsumer to, int index, String field, Binary value) {
        to.startField(field, index);
        to.addBinary(value);
        to.endField(field, index);
    }
}
