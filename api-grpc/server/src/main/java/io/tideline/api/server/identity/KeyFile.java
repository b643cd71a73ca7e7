package io.tideline.api.server.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small files of keys. Blocks: never to be called from a call's thread. */
final class KeyFile {
    private static final int MAX_BYTES = 1 << 20;

    private KeyFile() {}

    /**
     * The file's content, at most 1 MiB.
     *
     * @param field what the file is for, to begin the complaint with
     * @throws IllegalArgumentException when it cannot be read
     */
    static byte[] read(String field, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IllegalArgumentException(field + ": more than 1 MiB (expected: a file of keys): " + file);
            }
            return content;
        } catch (IOException e) {
            throw new IllegalArgumentException(field + ": cannot be read: " + file, e);
        }
    }
}
