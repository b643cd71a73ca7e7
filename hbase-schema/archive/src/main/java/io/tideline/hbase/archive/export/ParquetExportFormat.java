package io.tideline.hbase.archive.export;

import io.tideline.core.export.ExportColumn;
import io.tideline.core.export.ExportFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;

/**
 * Parquet: a column for each field, all of them optional; texts as strings, times as microseconds in UTC, objects as maps.
 * Pages of version 1, which every engine reads, compressed with zstd; row groups of 16 MiB, of which one is in memory.
 */
public final class ParquetExportFormat implements ExportFormat {
    private static final long ROW_GROUP_BYTES = 16L << 20;

    @Override
    public String name() {
        return "parquet";
    }

    @Override
    public long write(InputStream lines, List<ExportColumn> columns, Path file) throws IOException {
        LineParser parser = new LineParser(columns);
        long rows = 0;
        try (ParquetWriter<Row> writer = new RowWriteSupport.Builder(new LocalOutputFile(file), columns)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .build()) {
            BufferedReader reader = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                writer.write(parser.parse(line));
                rows++;
            }
        }
        return rows;
    }
}
