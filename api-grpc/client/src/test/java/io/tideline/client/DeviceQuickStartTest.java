package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceQuickStartTest {
    private static final Path SOURCE = Path.of("src/test/java/io/tideline/client/DeviceQuickStartTest.java");
    private static final Path GUIDE = Path.of("../../docs/client.md");

    @TempDir
    private Path directory;

    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

    private void show(String text) {
        shown.add(text);
    }

    private void quickStart(String target, String token, String room) throws Exception {
        // quick start begins
        TidelineClientConfig config = TidelineClientConfig.of(target).withToken(() -> token);
        DeviceConfig phone = DeviceConfig.of("chat", "alice", "phone", directory.resolve("phone.db"));
        DeviceListener listener = new DeviceListener() {
            @Override
            public void onMessage(String conversationId, Message message) {
                show(message.getSender() + ": " + message.getPayload().toStringUtf8());
            }

            @Override
            public void onUnread(String conversationId, long count) {
                show(count + " unread");
            }

            @Override
            public void onFailure(RuntimeException failure) {
                show("over: " + failure.getMessage());
            }
        };
        try (TidelineClient client = TidelineClient.connect(config);
                DeviceClient device = client.messaging().openDevice(phone, listener)) {
            device.start();
            long seq = device.send(room, "text", ByteString.copyFromUtf8("Hello"))
                    .get(1, TimeUnit.MINUTES)
                    .getSeq();
            show("stored as " + seq);
            waitForUser();
        }
        // quick start ends
    }

    private void waitForUser() throws InterruptedException {
        while (!"stored as 1".equals(shown.poll(10, TimeUnit.SECONDS))) {
            // Other lines.
        }
    }

    @Test
    void quickStart_asInTheGuide_works() throws Exception {
        try (FakeMessaging server = new FakeMessaging()) {
            quickStart(server.target(), "secret", "room");

            assertThat(server.payloads("room")).containsExactly("Hello");
        }
    }

    @Test
    void guide_quickStart_isTheCodeOfThisTest() throws IOException {
        String inTest = between(Files.readString(SOURCE), "// quick start begins\n", "// quick start ends");
        String guide = Files.readString(GUIDE);
        String inGuide = between(guide.substring(guide.indexOf("## The device side")), "```java\n", "```");

        assertThat(stripped(inGuide)).isEqualTo(stripped(inTest));
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    private static String stripped(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
    }
}
