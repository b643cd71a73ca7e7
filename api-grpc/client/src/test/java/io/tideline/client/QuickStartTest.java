package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.EntryBatch;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class QuickStartTest {
    private static final Path SOURCE = Path.of("src/test/java/io/tideline/client/QuickStartTest.java");
    private static final Path GUIDE = Path.of("../../docs/client.md");

    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

    private void show(String text) {
        shown.add(text);
    }

    private void quickStart(String target) throws Exception {
        // quick start begins
        TidelineClientConfig config = TidelineClientConfig.of(target); // "host:port"
        try (TidelineClient client = TidelineClient.connect(config)) {
            TimelineName room = TimelineName.newBuilder()
                    .setApp("chat")
                    .setFamily(TimelineFamily.CONVERSATION)
                    .setId("room-1")
                    .build();
            NewEntry hello = NewEntry.newBuilder()
                    .setSender("alice")
                    .setClientMessageId("phone-7-000001") // yours, or leave it out and the client makes one
                    .setKind("text")
                    .setPayload(ByteString.copyFromUtf8("Hello"))
                    .build();
            long seq = client.append(room, List.of(hello))
                    .get(1, TimeUnit.MINUTES)
                    .get(0)
                    .getSeq();
            show("stored as " + seq);

            WatchEvents events = new WatchEvents() {
                @Override
                public void onEntries(List<Entry> entries) {
                    entries.forEach(entry -> show(entry.getSeq() + ": " + entry.getSender()));
                }

                @Override
                public void onFailure(TidelineCallException failure) {
                    show("over: " + failure.getMessage());
                }
            };
            WatchRequest fromStart =
                    WatchRequest.newBuilder().setTimeline(room).setKnownSeq(seq).build();
            try (Watcher watcher = client.watch(fromStart, events)) {
                waitForUser();
            }
        }
        // quick start ends
    }

    private void waitForUser() throws InterruptedException {
        while (!"1: alice".equals(shown.poll(10, TimeUnit.SECONDS))) {
            // Earlier lines.
        }
    }

    @Test
    void quickStart_asInTheGuide_works() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            server.watch.then((request, observer) -> observer.onNext(WatchResponse.newBuilder()
                    .setEntries(EntryBatch.newBuilder()
                            .addEntries(Entry.newBuilder().setSeq(1).setSender("alice")))
                    .build()));

            quickStart(server.target());

            assertThat(server.watch.await().getKnownSeq()).isEqualTo(1);
        }
    }

    @Test
    void guide_quickStart_isTheCodeOfThisTest() throws IOException {
        String inTest = between(Files.readString(SOURCE), "// quick start begins\n", "// quick start ends");
        String inGuide = between(Files.readString(GUIDE), "```java\n", "```");

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
