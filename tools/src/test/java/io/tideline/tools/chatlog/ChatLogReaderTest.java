package io.tideline.tools.chatlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatLogReaderTest {
    private static final String EVENT =
            "{\"ts\":\"2008-03-01T01:00:00Z\",\"channel\":\"#linux\",\"kind\":\"message\",\"nick\":\"Ann\",\"text\":\"hé\"}";

    @TempDir
    Path directory;

    private List<ChatEvent> read(byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("log"), content);
        List<ChatEvent> events = new ArrayList<>();
        try (ChatLogReader log = ChatLogReader.open(file)) {
            for (Optional<ChatEvent> event = log.next(); event.isPresent(); event = log.next()) {
                events.add(event.get());
            }
            assertThat(log.bytesRead()).isEqualTo(content.length);
        }
        return events;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void next_emptyLines_countButHoldNothing() throws IOException {
        List<ChatEvent> events = read((EVENT + "\n\n" + EVENT).getBytes(StandardCharsets.UTF_8));

        assertThat(events)
                .containsExactly(
                        new ChatEvent(1, "2008-03-01T01:00:00Z", "#linux", "message", "Ann", "hé", ""),
                        new ChatEvent(3, "2008-03-01T01:00:00Z", "#linux", "message", "Ann", "hé", ""));
    }

    @Test
    void open_gzip_isRecognisedByContent() throws IOException {
        assertThat(read(gzip(EVENT.getBytes(StandardCharsets.UTF_8)))).hasSize(1);
    }

    @Test
    void open_emptyFile_holdsNothing() throws IOException {
        assertThat(read(new byte[0])).isEmpty();
    }

    @Test
    void next_cutGzip_fails() throws IOException {
        byte[] whole = gzip(EVENT.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> read(java.util.Arrays.copyOf(whole, whole.length - 9)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void next_malformedUtf8_fails() {
        assertThatThrownBy(() -> read(new byte[] {'{', '"', (byte) 0xff, '"'})).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{", "{\"text\":1}", "{} {}", "no", "{\"text\":{}}"})
    void next_notAnEvent_namesTheLine(String line) {
        assertThatThrownBy(() -> read((EVENT + "\n" + line).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedChatLogException.class)
                .hasMessageStartingWith("line 2: ");
    }

    @Test
    void parse_unknownFieldsAndNulls_arePassedOver() {
        assertThat(ChatEventParser.parse(7, "{\"x\":{\"text\":\"no\"},\"text\":null,\"nick\":\"A\",\"y\":[1]}"))
                .isEqualTo(new ChatEvent(7, "", "", "", "A", "", ""));
    }
}
