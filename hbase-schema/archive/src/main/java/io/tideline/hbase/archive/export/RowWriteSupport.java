package io.tideline.hbase.archive.export;

import io.tideline.core.export.ExportColumn;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/** Hands rows to Parquet. Maps are the standard's: a group {@code key_value} of a required key and a required value. */
final class RowWriteSupport extends WriteSupport<Row> {
    private static final String ENTRY = "key_value";
    private static final String KEY = "key";
    private static final String VALUE = "value";

    private final List<ExportColumn> columns;
    private @Nullable RecordConsumer consumer;

    private RowWriteSupport(List<ExportColumn> columns) {
        this.columns = columns;
    }

    /** Makes writers of rows. */
    static final class Builder extends ParquetWriter.Builder<Row, Builder> {
        private final List<ExportColumn> columns;

        Builder(OutputFile file, List<ExportColumn> columns) {
            super(file);
            this.columns = List.copyOf(columns);
            // Not Hadoop's, which looks for files to read on the class path.
            withConf(new PlainParquetConfiguration());
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // abstract, so it has to be there
        protected WriteSupport<Row> getWriteSupport(Configuration conf) {
            return new RowWriteSupport(columns);
        }

        @Override
        protected WriteSupport<Row> getWriteSupport(ParquetConfiguration conf) {
            return new RowWriteSupport(columns);
        }
    }

    @Override
    @SuppressWarnings("deprecation") // abstract, so it has to be there
    public WriteContext init(Configuration configuration) {
        return context();
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
        return context();
    }

    private WriteContext context() {
        Types.MessageTypeBuilder schema = Types.buildMessage();
        columns.forEach(column -> schema.addField(type(column)));
        MessageType message = schema.named("export");
        return new WriteContext(message, Map.of());
    }

    private static Type type(ExportColumn column) {
        return switch (column.type()) {
            case TEXT ->
                Types.optional(PrimitiveTypeName.BINARY)
                        .as(LogicalTypeAnnotation.stringType())
                        .named(column.name());
            case NUMBER -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
            case FLAG -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
            case TIME ->
                Types.optional(PrimitiveTypeName.INT64)
                        .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
                        .named(column.name());
            case TEXTS ->
                map(
                        column,
                        Types.required(PrimitiveTypeName.BINARY)
                                .as(LogicalTypeAnnotation.stringType())
                                .named(VALUE));
            case NUMBERS -> map(column, Types.required(PrimitiveTypeName.INT64).named(VALUE));
        };
    }

    private static Type map(ExportColumn column, Type value) {
        return Types.optionalMap()
                .key(Types.required(PrimitiveTypeName.BINARY)
                        .as(LogicalTypeAnnotation.stringType())
                        .named(KEY))
                .value(value)
                .named(column.name());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
        consumer = recordConsumer;
    }

    @Override
    public void write(Row row) {
        if (consumer == null) {
            throw new IllegalStateException("written before prepared");
        }
        RecordConsumer out = consumer;
        out.startMessage();
        for (int i = 0; i < columns.size(); i++) {
            @Nullable Object value = row.values().get(i);
            // An empty map is there, with nothing in it.
            if (value != null) {
                out.startField(columns.get(i).name(), i);
                put(out, value);
                out.endField(columns.get(i).name(), i);
            }
        }
        out.endMessage();
    }

    private static void put(RecordConsumer out, Object value) {
        if (value instanceof String text) {
            out.addBinary(Binary.fromString(text));
        } else if (value instanceof Long number) {
            out.addLong(number);
        } else if (value instanceof Boolean flag) {
            out.addBoolean(flag);
        } else {
            putMap(out, (Map<?, ?>) value);
        }
    }

    private static void putMap(RecordConsumer out, Map<?, ?> map) {
        out.startGroup();
        if (!map.isEmpty()) {
            out.startField(ENTRY, 0);
            map.forEach((key, value) -> {
                out.startGroup();
                out.startField(KEY, 0);
                put(out, key);
                out.endField(KEY, 0);
                out.startField(VALUE, 1);
                put(out, value);
                out.endField(VALUE, 1);
                out.endGroup();
            });
            out.endField(ENTRY, 0);
        }
        out.endGroup();
    }
}
