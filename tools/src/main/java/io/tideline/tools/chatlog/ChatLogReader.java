package io.tideline.tools.chatlog;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Reads the events of a {@code .jsonl} file in order, a line at a time. Gzip is recognised by its first two bytes, not by
 * the name. Empty lines count but hold no event.
 */
public final class ChatLogReader implements AutoCloseable {
    private final CountingInputStream file;
    private final BufferedReader lines;
    private long line;

    private ChatLogReader(CountingInputStream file, BufferedReader lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Opens {@code path}. @throws IOException when it cannot be read */
    public static ChatLogReader open(Path path) throws IOException {
        InputStream raw = Files.newInputStream(path);
        try {
            CountingInputStream counted = new CountingInputStream(raw);
            InputStream buffered = new BufferedInputStream(counted, 64 * 1024);
            buffered.mark(2);
            boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
            buffered.reset();
            InputStream plain = gzip ? new GZIPInputStream(buffered, 64 * 1024) : buffered;
            // Malformed UTF-8 stops the reading: replaced characters would be another text than the file's.
            return new ChatLogReader(
                    counted,
                    new BufferedReader(new InputStreamReader(
                            plain,
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .onMalformedInput(CodingErrorAction.REPORT)
                                    .onUnmappableCharacter(CodingErrorAction.REPORT))));
        } catch (IOException | RuntimeException failure) {
            raw.close();
            throw failure;
        }
    }

    /**
     * The next event, empty at the end.
     *
     * @throws MalformedChatLogException when a line is not an event
     * @throws IOException when the file cannot be read, is cut (gzip) or is not UTF-8
     */
    public Optional<ChatEvent> next() throws IOException {
        for (String json = lines.readLine(); json != null; json = lines.readLine()) {
            line++;
            if (!json.isBlank()) {
                return Optional.of(ChatEventParser.parse(line, json));
            }
        }
        return Optional.empty();
    }

    /** Lines read so far. */
    public long line() {
        return line;
    }

    /** Bytes of the file read so far, still compressed ones where it is; runs ahead of the lines by a buffer. */
    public long bytesRead() {
        return file.count();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
