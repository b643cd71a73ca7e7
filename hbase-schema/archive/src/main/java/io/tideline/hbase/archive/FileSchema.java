package io.tideline.hbase.archive;

import io.tideline.hbase.sequencer.RowKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SerializableFunction;
import org.apache.parquet.schema.MessageType;

/**
 * The columns of the archive and how its files are partitioned.
 *
 * <p>{@code key} is the row key's prefix without its hash. Partitions are Iceberg's buckets of it; since the hash in front of
 * row keys is the same hash with its bits reversed, whoever reads rows in the order of HBase gets bucket after bucket.
 */
final class FileSchema {
    static final String KEY = "key";
    static final String APP = "app";
    static final String FAMILY = "family";
    static final String TIMELINE = "timeline";
    static final String SEQ = "seq";
    static final String TIME = "time";
    static final String COUNTED = "counted";
    static final String ERASED = "erased";
    static final String MESSAGE_ID = "message_id";
    static final String SENDER = "sender";
    static final String CLIENT_MESSAGE_ID = "client_message_id";
    static final String KIND = "kind";
    static final String PAYLOAD = "payload";

    static final int BUCKETS = 16;

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, KEY, Types.BinaryType.get(), "App, family and id with their lengths"),
            Types.NestedField.required(2, APP, Types.StringType.get(), "The tenant"),
            Types.NestedField.required(3, FAMILY, Types.StringType.get(), "conversation or personal"),
            Types.NestedField.required(4, TIMELINE, Types.StringType.get(), "The conversation's id"),
            Types.NestedField.required(5, SEQ, Types.LongType.get(), "From 1, without holes in a timeline"),
            Types.NestedField.required(6, TIME, Types.TimestampType.withZone(), "When it was committed"),
            Types.NestedField.required(7, COUNTED, Types.LongType.get(), "Entries up to this one that count as unread"),
            Types.NestedField.required(8, ERASED, Types.BooleanType.get(), "Whether nothing of the content is left"),
            Types.NestedField.optional(9, MESSAGE_ID, Types.LongType.get(), "Unique in the installation"),
            Types.NestedField.optional(10, SENDER, Types.StringType.get(), "The user who sent it"),
            Types.NestedField.optional(11, CLIENT_MESSAGE_ID, Types.StringType.get(), "The sender's own name for it"),
            Types.NestedField.optional(12, KIND, Types.StringType.get(), "text, image, ..., or tideline.* for events"),
            Types.NestedField.optional(13, PAYLOAD, Types.BinaryType.get(), "The content; of texts, UTF-8"));

    static final PartitionSpec SPEC =
            PartitionSpec.builderFor(SCHEMA).bucket(KEY, BUCKETS, "bucket").build();

    /** The same columns with Iceberg's ids, as Parquet sees them. */
    static final MessageType PARQUET = ParquetSchemaUtil.convert(SCHEMA, "entries");

    /** What a page of one timeline needs. */
    static final MessageType ENTRY_COLUMNS = new MessageType(
            "entries",
            PARQUET.getFields().stream()
                    .filter(field -> !Arrays.asList(KEY, APP, FAMILY, TIMELINE).contains(field.getName()))
                    .toList());

    /** Metadata holds no content, also not as bounds; old states go when new ones come. */
    static final Map<String, String> PROPERTIES = Map.of(
            TableProperties.FORMAT_VERSION,
            "2",
            TableProperties.DEFAULT_WRITE_METRICS_MODE,
            "none",
            TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + SEQ,
            "full",
            TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + TIME,
            "full",
            TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED,
            "true",
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX,
            "5");

    private static final SerializableFunction<ByteBuffer, Integer> BUCKET =
            Transforms.<ByteBuffer>bucket(BUCKETS).bind(Types.BinaryType.get());

    private FileSchema() {}

    /** What the column {@code key} holds of a timeline with a row key prefix. */
    static byte[] key(byte[] prefix) {
        return Arrays.copyOfRange(prefix, RowKeys.HASH_BYTES, prefix.length);
    }

    /** The partition, 0 to {@value #BUCKETS} - 1, of a timeline with a row key prefix. */
    static int bucket(byte[] prefix) {
        return BUCKET.apply(ByteBuffer.wrap(prefix, RowKeys.HASH_BYTES, prefix.length - RowKeys.HASH_BYTES));
    }
}
