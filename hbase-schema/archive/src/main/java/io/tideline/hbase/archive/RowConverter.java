package io.tideline.hbase.archive;

import java.util.Arrays;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** Makes rows out of columns. For one thread, one file. */
final class RowConverter extends RecordMaterializer<EntryRow> {
    private static final int MICROS = 1000;
    private static final byte[] NOTHING = {};

    /** A column's value in the row that is being read. */
    private static final class Column extends PrimitiveConverter {
        private long number;
        private boolean flag;
        private byte[] bytes = NOTHING;

        @Override
        public void addLong(long value) {
            number = value;
        }

        @Override
        public void addBoolean(boolean value) {
            flag = value;
        }

        @Override
        public void addBinary(Binary value) {
            bytes = value.getBytes();
        }

        void clear() {
            number = 0;
            flag = false;
            bytes = NOTHING;
        }
    }

    private final Column[] columns;
    private final int keyAt;
    private final int seqAt;
    private final int timeAt;
    private final int countedAt;
    private final int erasedAt;
    private final int messageIdAt;
    private final int senderAt;
    private final int clientMessageIdAt;
    private final int kindAt;
    private final int payloadAt;
    private byte[] key = NOTHING;
    private EntryRow row = EntryRow.erased(1, 0, 0);

    RowConverter(MessageType schema) {
        columns = new Column[schema.getFieldCount()];
        Arrays.setAll(columns, index -> new Column());
        keyAt = schema.containsField(FileSchema.KEY) ? schema.getFieldIndex(FileSchema.KEY) : -1;
        seqAt = schema.getFieldIndex(FileSchema.SEQ);
        timeAt = schema.getFieldIndex(FileSchema.TIME);
        countedAt = schema.getFieldIndex(FileSchema.COUNTED);
        erasedAt = schema.getFieldIndex(FileSchema.ERASED);
        messageIdAt = schema.getFieldIndex(FileSchema.MESSAGE_ID);
        senderAt = schema.getFieldIndex(FileSchema.SENDER);
        clientMessageIdAt = schema.getFieldIndex(FileSchema.CLIENT_MESSAGE_ID);
        kindAt = schema.getFieldIndex(FileSchema.KIND);
        payloadAt = schema.getFieldIndex(FileSchema.PAYLOAD);
    }

    private final GroupConverter root = new GroupConverter() {
        @Override
        public Converter getConverter(int index) {
            return columns[index];
        }

        @Override
        public void start() {
            for (Column column : columns) {
                column.clear();
            }
        }

        @Override
        public void end() {
            finish();
        }
    };

    private void finish() {
        if (keyAt >= 0 && !Arrays.equals(key, columns[keyAt].bytes)) {
            // One array for all rows of a timeline: whoever goes through a file sees by it that the timeline is the
            // same.
            key = columns[keyAt].bytes;
        }
        long seq = columns[seqAt].number;
        long time = columns[timeAt].number / MICROS;
        long counted = columns[countedAt].number;
        row = columns[erasedAt].flag
                ? EntryRow.erased(seq, time, counted)
                : new EntryRow(
                        seq,
                        time,
                        counted,
                        false,
                        columns[messageIdAt].number,
                        columns[senderAt].bytes,
                        columns[clientMessageIdAt].bytes,
                        columns[kindAt].bytes,
                        columns[payloadAt].bytes);
    }

    /** Of the current row. */
    byte[] key() {
        return key;
    }

    @Override
    public EntryRow getCurrentRecord() {
        return row;
    }

    @Override
    public GroupConverter getRootConverter() {
        return root;
    }
}
