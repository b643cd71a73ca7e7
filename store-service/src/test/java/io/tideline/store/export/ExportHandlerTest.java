package io.tideline.store.export;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.export.ExportColumn;
import io.tideline.core.export.ExportFormat;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.store.Messaging;
import io.tideline.store.message.MessageAt;
import io.tideline.store.operation.OperationHandler;
import io.tideline.store.operation.OperationStep;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportHandlerTest {
    private static final OperationHandler.Control CONTROL = new OperationHandler.Control() {
        @Override
        public void progress(OperationProgress progress) {}

        @Override
        public boolean isStopRequested() {
            return false;
        }
    };

    @TempDir
    private Path temp;

    private final Messaging messaging = new Messaging();
    private final ConversationId room = messaging.groupOf("ann", "bob");

    private List<ExportFormat> formats = List.of();

    private ExportHandler handler() {
        return new ExportHandler(messaging.ports, Optional.of(temp.resolve("exports")), formats, Runnable::run);
    }

    private void talk(int messages) {
        for (int i = 0; i < messages; i++) {
            messaging.send(room, i % 2 == 0 ? "ann" : "bob", "m" + i);
        }
    }

    private Operation run(OperationRequest request) {
        return run(Operation.pending(new OperationId("op"), request, messaging.clock.instant()), Integer.MAX_VALUE);
    }

    private Operation run(Operation operation, int steps) {
        Operation at = operation;
        for (int i = 0; i < steps; i++) {
            OperationStep step = await(handler().step(at, CONTROL));
            if (step instanceof OperationStep.More more) {
                at = at.withStep(more.progress(), more.checkpoint(), more.report());
            } else if (step instanceof OperationStep.Done done) {
                return at.withStep(done.progress(), Map.of(), done.report()).withState(OperationState.SUCCEEDED, "");
            } else {
                throw new AssertionError("failed: " + step);
            }
        }
        return at;
    }

    private List<String> lines(String file) throws IOException {
        Path path = temp.resolve("exports").resolve("op").resolve(file);
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    private String manifest() throws IOException {
        return Files.readString(temp.resolve("exports").resolve("op").resolve("manifest.json"));
    }

    private OperationRequest ofRoom() {
        return ExportRequests.conversation(APP, room, Optional.empty(), Optional.empty());
    }

    @Test
    void conversation_isWrittenWhole() throws IOException {
        talk(2500);
        MessageAt edited = messaging.sendAt(room, "ann", "last \"quoted\"");
        done(messaging.messages.edit(edited, user("ann"), Messaging.text("e", "edited \u2028 text"), soon()));
        await(messaging
                .store
                .hot()
                .erase(room.timeline(APP), List.of(edited.seq().plus(-1)), soon()));

        Operation ended = run(ofRoom());

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        List<String> messages = lines("messages.jsonl.gz");
        assertThat(messages).anyMatch(line -> line.contains("\"text\":\"edited \\u2028 text\""));
        assertThat(messages).anyMatch(line -> line.contains("\"type\":\"ERASED\""));
        assertThat(messages.stream().filter(line -> line.contains("\"text\":"))).hasSize(2500);
        assertThat(lines("members.jsonl.gz")).hasSize(2);
        assertThat(lines("conversation.jsonl.gz")).hasSize(1);
        assertThat(manifest())
                .contains("\"name\":\"messages.jsonl.gz\",\"lines\":" + messages.size())
                .contains("\"firstSeq\":1");
    }

    @Test
    void user_hasWhatIsHis_andNotWhatOthersSaid() throws IOException {
        talk(10);
        TimelineRecord member = await(
                        messaging.store.scan(RecordScan.all(room.timeline(APP), 10, RecordKind.MEMBER), soon()))
                .records()
                .stream()
                .filter(record -> record.key().text(0).equals("bob"))
                .findFirst()
                .orElseThrow();
        var described = messaging.describe(room);
        UserConversation listed = new UserConversation(
                room, described.kind(), described.diffusion(), ConversationCodec.decodeMember(member), 5);
        RecordKey key = RecordKey.of(user("bob").inbox(APP), RecordKind.USER_CONVERSATION, KeyPart.of(room.value()));
        await(messaging.store.raise(List.of(new TimelineRecord(key, 5, ConversationCodec.encode(listed))), soon()));

        run(ExportRequests.user(APP, user("bob"), Optional.empty(), Optional.empty()));

        assertThat(lines("messages.jsonl.gz")).hasSize(5).allMatch(line -> line.contains("\"sender\":\"bob\""));
        assertThat(lines("conversations.jsonl.gz")).hasSize(1);
        assertThat(lines("inbox.jsonl.gz")).isEmpty();
        assertThat(lines("devices.jsonl.gz")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void processDies_theRestIsCutOffAndWrittenAgain(int steps) throws IOException {
        talk(2500);
        Operation begun = Operation.pending(new OperationId("op"), ofRoom(), messaging.clock.instant());
        Operation half = run(begun, steps);
        run(half, 1);
        Path file = temp.resolve("exports").resolve("op").resolve("messages.jsonl.gz");
        Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.CREATE, StandardOpenOption.APPEND);

        Operation ended = run(half, 100);

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        List<String> messages = lines("messages.jsonl.gz");
        assertThat(messages.stream().distinct()).hasSameSizeAs(messages);
        assertThat(messages.stream().filter(line -> line.contains("\"text\":"))).hasSize(2500);
    }

    @Test
    void filesLost_startsOver() throws IOException {
        talk(2500);
        Operation begun = Operation.pending(new OperationId("op"), ofRoom(), messaging.clock.instant());
        Operation half = run(begun, 4);
        Files.delete(temp.resolve("exports").resolve("op").resolve("messages.jsonl.gz"));

        run(half, 100);

        assertThat(lines("messages.jsonl.gz").stream().filter(line -> line.contains("\"text\":")))
                .hasSize(2500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "/etc/out", "a/../../out", ".", "", "a/.."})
    void pathOutside_isRefused(String path) {
        OperationRequest request = ExportRequests.conversation(APP, room, Optional.of(path), Optional.empty());

        assertThatIllegalArgumentException().isThrownBy(() -> handler().check(request));
    }

    @Test
    void linkThatLeadsOut_isRefused() throws IOException {
        Files.createDirectories(temp.resolve("exports"));
        Files.createSymbolicLink(temp.resolve("exports").resolve("link"), temp);
        OperationRequest request = ExportRequests.conversation(APP, room, Optional.of("link/out"), Optional.empty());

        assertThat(handler()
                        .step(Operation.pending(new OperationId("op"), request, messaging.clock.instant()), CONTROL))
                .isCompletedExceptionally();
        assertThat(temp.resolve("out")).doesNotExist();
    }

    @Test
    void withoutADirectory_isRefused() {
        ExportHandler none = new ExportHandler(messaging.ports, Optional.empty(), List.of(), Runnable::run);

        assertThatIllegalArgumentException().isThrownBy(() -> none.check(ofRoom()));
    }

    /** Lines in capitals: enough of a format to see what was handed over, and when. */
    private static final class Capitals implements ExportFormat {
        /** As long as no line has an object in it with other names. */
        private static final Pattern FIELD = Pattern.compile("[{,]\"(\\w+)\":");

        private final List<List<ExportColumn>> columns = new ArrayList<>();
        private int failures;

        @Override
        public String name() {
            return "caps";
        }

        @Override
        public long write(InputStream lines, List<ExportColumn> given, Path file) throws IOException {
            columns.add(given);
            String text = new String(lines.readAllBytes(), StandardCharsets.UTF_8);
            List<String> names = given.stream().map(ExportColumn::name).toList();
            assertThat(FIELD.matcher(text).results().map(found -> found.group(1)))
                    .isSubsetOf(names);
            Files.writeString(file, text.toUpperCase(Locale.ROOT));
            if (failures > 0) {
                failures--;
                throw new IOException("no space left on device");
            }
            return text.lines().count();
        }
    }

    private OperationRequest inCapitals() {
        return ExportRequests.conversation(APP, room, Optional.empty(), Optional.of("caps"));
    }

    private List<String> capitals(String file) throws IOException {
        return Files.readAllLines(temp.resolve("exports").resolve("op").resolve(file));
    }

    @Test
    void anotherFormat_isMadeOfAllLines_andOnlyItStays() throws IOException {
        talk(1500);
        Capitals caps = new Capitals();
        formats = List.of(caps);

        Operation ended = run(inCapitals());

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(capitals("messages.caps").stream().filter(line -> line.contains("\"TEXT\":")))
                .hasSize(1500);
        assertThat(caps.columns).hasSize(3);
        assertThat(ended.report()).containsKey("lines.messages.caps");
        long bytes = Files.size(temp.resolve("exports").resolve("op").resolve("messages.caps"));
        assertThat(manifest())
                .contains("\"name\":\"messages.caps\"")
                .contains("\"bytes\":" + bytes)
                .doesNotContain("jsonl");
        try (Stream<Path> files = Files.list(temp.resolve("exports").resolve("op"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("conversation.caps", "members.caps", "messages.caps", "manifest.json");
        }
    }

    @Test
    void anotherFormat_processDiesAtAnyStep_isWholeInTheEnd() throws IOException {
        talk(1500);
        formats = List.of(new Capitals());
        Operation begun = Operation.pending(new OperationId("op"), inCapitals(), messaging.clock.instant());
        int steps = 0;
        for (Operation half = begun; half.state() != OperationState.SUCCEEDED; half = run(begun, ++steps)) {
            // The step after it is taken, and not known to have been.
            run(half, 1);

            assertThat(run(half, 100).state()).isEqualTo(OperationState.SUCCEEDED);

            assertThat(capitals("messages.caps").stream().filter(line -> line.contains("\"TEXT\":")))
                    .as("dead after step " + steps)
                    .hasSize(1500);
        }
        assertThat(steps).isGreaterThan(6);
    }

    @Test
    void anotherFormat_ofAUser_hasColumnsForAllOfIt() throws IOException {
        talk(10);
        MessageAt first = messaging.sendAt(room, "ann", "first");
        done(messaging.messages.edit(first, user("ann"), Messaging.text("e", "edited"), soon()));
        Capitals caps = new Capitals();
        formats = List.of(caps);

        Operation ended = run(ExportRequests.user(APP, user("ann"), Optional.empty(), Optional.of("caps")));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(caps.columns).hasSize(5);
    }

    @Test
    void anotherFormat_diskFull_leavesNoHalfFile() {
        talk(3);
        Capitals caps = new Capitals();
        caps.failures = 1;
        formats = List.of(caps);
        Operation half = run(Operation.pending(new OperationId("op"), inCapitals(), messaging.clock.instant()), 3);

        assertThat(handler().step(half, CONTROL)).isCompletedExceptionally();
        assertThat(temp.resolve("exports").resolve("op").resolve("conversation.caps"))
                .doesNotExist();
    }

    @Test
    void unknownFormat_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler().check(inCapitals()))
                .withMessageContaining("format: unknown here (expected: one of jsonl)");
        handler().check(ExportRequests.conversation(APP, room, Optional.empty(), Optional.of("jsonl")));
    }
}
