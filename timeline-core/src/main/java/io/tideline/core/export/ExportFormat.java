package io.tideline.core.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** The port to a format of files that exports can be written in besides JSON lines. Thread safe. */
public interface ExportFormat {
    /** As requests name it, and the ending of its files: 1 to 16 characters of {@code a-z 0-9}. */
    String name();

    /**
     * Writes a file, replacing what is there. Blocks; memory does not grow with the number of lines.
     *
     * @param lines JSON objects in UTF-8, one a line, with fields of {@code columns} only; read to its end, not closed
     * @return how many rows it has now, one for each line
     * @throws IOException when a file cannot be read or written, or a line is no such object
     */
    long write(InputStream lines, List<ExportColumn> columns, Path file) throws IOException;
}
