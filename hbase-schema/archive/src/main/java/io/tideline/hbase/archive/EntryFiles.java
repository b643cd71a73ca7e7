package io.tideline.hbase.archive;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.luben.zstd.ZstdIOException;
import io.tideline.core.error.CorruptDataException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;

/**
 * Reads files, by row or from end to end. Blocks. Pages carry checksums, and each is looked at. Thread safe.
 *
 * <p>Footers are cached, within a number of bytes: without, each page of a conversation would read and parse one.
 */
final class EntryFiles {
    /** What a footer takes in memory for each column of a row group, roughly. */
    private static final int COLUMN_WEIGHT = 800;

    private record Opened(FileStatus status, ParquetMetadata footer) {}

    private final FileLayout layout;
    private final Configuration configuration;
    private final ParquetReadOptions options;
    private final Cache<String, Opened> footers;

    EntryFiles(FileLayout layout, long footerBytes) {
        this.layout = layout;
        this.configuration = layout.configuration();
        // Made once: it reads Hadoop's configuration, which takes milliseconds.
        this.options = HadoopReadOptions.builder(configuration)
                .usePageChecksumVerification(true)
                .build();
        this.footers = Caffeine.newBuilder()
                .maximumWeight(footerBytes)
                .weigher((String file, Opened opened) -> weight(opened))
                .build();
    }

    private static int weight(Opened opened) {
        List<BlockMetaData> groups = opened.footer().getBlocks();
        int columns = groups.isEmpty() ? 0 : groups.get(0).getColumns().size();
        return 1 + COLUMN_WEIGHT * (1 + columns * groups.size());
    }

    /**
     * Rows of a file, in its order.
     *
     * @param first from 0
     * @throws FileNotFoundException when the file is gone: whoever knew of it asks again where the rows are
     * @throws CorruptDataException when it is no file of ours, or damaged, or shorter
     */
    List<EntryRow> rows(String file, long first, int count) throws IOException {
        return checked(file, () -> {
            Opened opened = open(file);
            List<EntryRow> rows = new ArrayList<>(count);
            InputFile input = HadoopInputFile.fromStatus(opened.status(), configuration);
            try (ParquetFileReader reader = new ParquetFileReader(input, opened.footer(), options, input.newStream())) {
                reader.setRequestedSchema(FileSchema.ENTRY_COLUMNS);
                MessageColumnIO columns = columns(opened.footer(), FileSchema.ENTRY_COLUMNS);
                long groupAt = 0;
                List<BlockMetaData> groups = opened.footer().getBlocks();
                for (int i = 0; i < groups.size() && rows.size() < count; i++) {
                    long groupRows = groups.get(i).getRowCount();
                    long from = first + rows.size() - groupAt;
                    if (from < groupRows) {
                        long to = Math.min(groupRows, from + count - rows.size()) - 1;
                        take(
                                columns,
                                FileSchema.ENTRY_COLUMNS,
                                reader.readFilteredRowGroup(i, RowSpan.of(from, to, groupRows)),
                                to - from + 1,
                                rows);
                    }
                    groupAt += groupRows;
                }
            }
            if (rows.size() < count) {
                throw new CorruptDataException(
                        "a file of the archive is shorter than the locator says", Map.of("file", file), null);
            }
            return rows;
        });
    }

    private static MessageColumnIO columns(ParquetMetadata footer, MessageType schema) {
        return new ColumnIOFactory()
                .getColumnIO(schema, footer.getFileMetaData().getSchema());
    }

    private static void take(
            MessageColumnIO columns, MessageType schema, PageReadStore pages, long count, List<EntryRow> rows) {
        RecordReader<EntryRow> reader = columns.getRecordReader(pages, new RowConverter(schema));
        for (long i = 0; i < count; i++) {
            rows.add(reader.read());
        }
    }

    private Opened open(String file) throws IOException {
        Opened known = footers.getIfPresent(file);
        if (known != null) {
            return known;
        }
        FileStatus status = status(file);
        ParquetMetadata footer;
        InputFile input = HadoopInputFile.fromStatus(status, configuration);
        try (SeekableInputStream stream = input.newStream()) {
            footer = ParquetFileReader.readFooter(input, options, stream);
        }
        requireOurs(file, footer);
        Opened opened = new Opened(status, footer);
        footers.put(file, opened);
        return opened;
    }

    private static void requireOurs(String file, ParquetMetadata footer) {
        if (!footer.getFileMetaData().getSchema().equals(FileSchema.PARQUET)) {
            throw new CorruptDataException("a file of the archive has other columns", Map.of("file", file), null);
        }
    }

    /** @throws FileNotFoundException when there is no such file */
    FileStatus status(String file) throws IOException {
        return layout.fileSystem().getFileStatus(layout.data(file));
    }

    /** A file is about to be deleted, or was. */
    void forget(String file) {
        footers.invalidate(file);
    }

    /** There is no such file. */
    static final class Missing extends FileNotFoundException {
        private static final long serialVersionUID = 1L;

        private final String file;

        private Missing(String file, FileNotFoundException cause) {
            super(cause.getMessage());
            initCause(cause);
            this.file = file;
        }

        /** Its name. */
        String file() {
            return file;
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** What Parquet throws about bad bytes is of many kinds, none of them checked. */
    private static <T> T checked(String file, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (CorruptDataException e) {
            throw e;
        } catch (FileNotFoundException e) {
            throw new Missing(file, e);
        } catch (IOException | RuntimeException e) {
            if (isDamage(e)) {
                throw new CorruptDataException("a file of the archive cannot be read", Map.of("file", file), e);
            }
            throw e;
        }
    }

    /** Thrift's own failures have no public type: Parquet has made them its own. */
    private static boolean isDamage(Exception e) {
        return e instanceof RuntimeException
                || e instanceof EOFException
                || e instanceof ChecksumException
                || e instanceof ZstdIOException
                || e.getCause() != null && e.getCause().getClass().getName().contains(".thrift.");
    }

    /** Goes through all rows of a file. Memory: a row group. */
    Scan scan(String file) throws IOException {
        return checked(file, () -> new Scan(file));
    }

    /** All rows of a file, one after the other. */
    final class Scan implements Closeable {
        private final String file;
        private final ParquetFileReader reader;
        private final MessageColumnIO columns;
        private final RowConverter converter = new RowConverter(FileSchema.PARQUET);
        private RecordReader<EntryRow> rows = new Exhausted();
        private long left;

        private Scan(String file) throws IOException {
            this.file = file;
            FileStatus status = status(file);
            reader = ParquetFileReader.open(HadoopInputFile.fromStatus(status, configuration), options);
            try {
                requireOurs(file, reader.getFooter());
            } catch (RuntimeException e) {
                reader.close();
                throw e;
            }
            columns = columns(reader.getFooter(), FileSchema.PARQUET);
        }

        /** Moves to the next row, if there is one. */
        boolean next() throws IOException {
            return checked(file, () -> {
                while (left == 0) {
                    PageReadStore pages = reader.readNextRowGroup();
                    if (pages == null) {
                        return false;
                    }
                    left = pages.getRowCount();
                    rows = columns.getRecordReader(pages, converter);
                }
                rows.read();
                left--;
                return true;
            });
        }

        /** The current one. */
        EntryRow row() {
            return converter.getCurrentRecord();
        }

        /** The column of that name of the current row; the same array as long as the timeline is the same. */
        byte[] key() {
            return converter.key();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    /** Before the first row group. */
    private static final class Exhausted extends RecordReader<EntryRow> {
        @Override
        public EntryRow read() {
            throw new IllegalStateException("no rows");
        }
    }
}
