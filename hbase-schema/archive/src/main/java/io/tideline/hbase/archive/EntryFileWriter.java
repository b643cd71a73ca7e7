package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetFileWriter.Mode;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;

/**
 * Writes one file: rows in the order of HBase, timelines one after the other and seqs ascending. Memory: a row group. Not
 * thread safe.
 *
 * <p>Pages are small, so that a page of a conversation costs little to read; dictionaries are small, or numbers that never
 * repeat would fill one; the first version of data pages, since not every engine reads the second one vectorised.
 */
final class EntryFileWriter implements Closeable {
    private static final int PAGE_ROWS = 4000;
    private static final long ROW_GROUP_BYTES = 8L * 1024 * 1024;
    private static final int DICTIONARY_BYTES = 64 * 1024;
    private static final int LEVEL = 9;
    private static final byte[] NO_PREFIX = {};
    private static final List<String> NEVER_REPEATED = List.of(
            FileSchema.SEQ,
            FileSchema.COUNTED,
            FileSchema.MESSAGE_ID,
            FileSchema.CLIENT_MESSAGE_ID,
            FileSchema.PAYLOAD);

    private static final class Builder extends ParquetWriter.Builder<EntryRow, Builder> {
        private final EntryWriteSupport support;

        Builder(HadoopOutputFile file, EntryWriteSupport support) {
            super(file);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // Abstract, and what the newer one calls.
        protected WriteSupport<EntryRow> getWriteSupport(Configuration configuration) {
            return support;
        }
    }

    private final String file;
    private final EntryWriteSupport support = new EntryWriteSupport();
    private final ParquetWriter<EntryRow> writer;
    private final List<Slice> slices = new ArrayList<>();
    private byte[] prefix = NO_PREFIX;
    private TimelineId timeline = FileLayout.NO_TIMELINE;
    private EntryRow.Checksum checksum = new EntryRow.Checksum();
    private long first;
    private long last;
    private long rows;

    EntryFileWriter(FileLayout layout, String file) throws IOException {
        this.file = file;
        Path path = layout.data(file);
        Configuration configuration = new Configuration(layout.configuration());
        configuration.setInt("parquet.compression.codec.zstd.level", LEVEL);
        Builder builder = new Builder(HadoopOutputFile.fromPath(path, configuration), support)
                .withConf(configuration)
                .withWriteMode(Mode.CREATE)
                .withWriterVersion(WriterVersion.PARQUET_1_0)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .withPageRowCountLimit(PAGE_ROWS)
                .withDictionaryPageSize(DICTIONARY_BYTES)
                .withPageWriteChecksumEnabled(true);
        for (String column : NEVER_REPEATED) {
            builder = builder.withDictionaryEncoding(column, false);
        }
        this.writer = builder.build();
    }

    /**
     * Adds a row.
     *
     * @param of the row key prefix of its timeline
     */
    void add(byte[] of, TimelineId named, EntryRow row) throws IOException {
        boolean same = Arrays.equals(prefix, of);
        if (!same || row.seq() != last + 1) {
            endSlice();
            first = row.seq();
        }
        if (!same) {
            prefix = of;
            timeline = named;
            support.timeline(of, named);
        }
        writer.write(row);
        checksum.add(row);
        last = row.seq();
        rows++;
    }

    private void endSlice() {
        if (first > 0) {
            slices.add(new Slice(timeline, first, last, file, rows - (last - first + 1), checksum.value()));
            checksum = new EntryRow.Checksum();
            first = 0;
        }
    }

    /** What the file has, once it is closed. */
    List<Slice> slices() {
        return slices;
    }

    /** How many there are, without the one that is being written. */
    int sliceCount() {
        return slices.size();
    }

    String file() {
        return file;
    }

    /** About what the file has by now. */
    long bytes() {
        return writer.getDataSize();
    }

    @Override
    public void close() throws IOException {
        endSlice();
        writer.close();
    }
}
