package io.tideline.hbase.archive.job;

import com.fasterxml.jackson.core.json.PackageVersion;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupWriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * Writes the lines of a split to a Parquet file and an Iceberg manifest, which is Avro, about it. Counts in group {@code
 * versions} which libraries it has met.
 */
final class LinesMapper extends Mapper<LongWritable, Text, NullWritable, NullWritable> {
    static final String OUTPUT = "test.output";
    static final String BEHAVIOUR = "test.behaviour";
    static final String STARTED = "started";
    static final String SECRET = "what a user wrote";

    private static final MessageType LINE =
            MessageTypeParser.parseMessageType("message line { required binary text; }");

    /** What the mapper does instead of its work. */
    enum Behaviour {
        WORK,
        FAIL,
        FAIL_WITH_CONTENT,
        NEVER_END
    }

    @Override
    public void run(Context context) throws IOException, InterruptedException {
        Configuration configuration = context.getConfiguration();
        switch (configuration.getEnum(BEHAVIOUR, Behaviour.WORK)) {
            case FAIL -> throw new IOException("no space left in this test");
            case FAIL_WITH_CONTENT -> throw new IllegalStateException(SECRET);
            case NEVER_END -> {
                Path marker = new Path(configuration.get(OUTPUT), STARTED);
                marker.getFileSystem(configuration).create(marker).close();
                new CountDownLatch(1).await();
            }
            case WORK -> write(context);
        }
    }

    private static void write(Context context) throws IOException, InterruptedException {
        Configuration configuration = context.getConfiguration();
        Path parquet = new Path(configuration.get(OUTPUT), context.getTaskAttemptID() + ".parquet");
        long rows = 0;
        GroupWriteSupport.setSchema(LINE, configuration);
        try (ParquetWriter<org.apache.parquet.example.data.Group> writer = ExampleParquetWriter.builder(parquet)
                .withConf(configuration)
                .withType(LINE)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .build()) {
            while (context.nextKeyValue()) {
                writer.write(new SimpleGroupFactory(LINE)
                        .newGroup()
                        .append("text", context.getCurrentValue().toString()));
                rows++;
            }
        }
        manifest(configuration, parquet, rows);
        context.getCounter("lines", "written").increment(rows);
        versions().forEach((library, version) -> context.getCounter("versions", library + " " + version)
                .increment(1));
    }

    private static void manifest(Configuration configuration, Path parquet, long rows) throws IOException {
        try (HadoopFileIO io = new HadoopFileIO(configuration)) {
            PartitionSpec spec = PartitionSpec.unpartitioned();
            ManifestWriter<org.apache.iceberg.DataFile> manifest =
                    ManifestFiles.write(spec, io.newOutputFile(parquet + ".avro"));
            try (manifest) {
                manifest.add(DataFiles.builder(spec)
                        .withPath(parquet.toString())
                        .withFileSizeInBytes(parquet.getFileSystem(configuration)
                                .getFileStatus(parquet)
                                .getLen())
                        .withRecordCount(rows)
                        .build());
            }
        }
    }

    private static Map<String, String> versions() {
        Caffeine.newBuilder().maximumSize(1).build().put("key", "value");
        return Map.of(
                "avro", Schema.class.getPackage().getImplementationVersion(),
                "jackson", PackageVersion.VERSION.toString(),
                "hbase", org.apache.hadoop.hbase.util.VersionInfo.getVersion(),
                "hadoop", org.apache.hadoop.util.VersionInfo.getVersion());
    }
}
