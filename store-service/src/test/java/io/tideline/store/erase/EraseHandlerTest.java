package io.tideline.store.erase;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.refusal;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Refusal;
import io.tideline.store.operation.OperationService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EraseHandlerTest {
    private ErasureScenario scenario = new ErasureScenario();

    private ErasureTarget message() {
        return new ErasureTarget.OneMessage(APP, scenario.room, scenario.edited.seq());
    }

    private static ErasureTarget bob() {
        return new ErasureTarget.OneUser(APP, user("bob"));
    }

    private ErasureTarget conversation() {
        return new ErasureTarget.OneConversation(APP, scenario.room);
    }

    private static ErasureTarget app() {
        return new ErasureTarget.OneApp(APP);
    }

    private TimelineId timeline() {
        return scenario.room.timeline(APP);
    }

    @Test
    void message_goesWithItsEditsReactionsAndPreviews() {
        Map<String, String> counts = scenario.counts(scenario.room);
        int others = scenario.placesOf("bobtext").size();
        assertThat(scenario.placesOf("before edit")).hasSizeGreaterThan(3);

        Operation ended = scenario.run(scenario.start("op", message()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        for (String text : List.of("before edit", "after edit", "at last")) {
            assertThat(scenario.placesOf(text)).as(text).isEmpty();
        }
        assertThat(scenario.placesOf("cydtext").stream().filter(place -> place.startsWith("record")))
                .noneMatch(place -> place.contains("REACTION"));
        assertThat(scenario.placesOf("bobtext")).hasSizeLessThan(others).isNotEmpty();
        assertThat(scenario.counts(scenario.room)).isEqualTo(counts);
        assertThat(ended.report()).containsEntry("proof.found", "0").containsKeys("removed.inbox.reference");
        assertThat(ended.report()).containsEntry("purge.tables", "done");
        assertThat(scenario.told.get(timeline())).contains(scenario.edited.seq());
    }

    @Test
    void user_everythingHeSaidGoesEverywhere() {
        Map<String, String> counts = scenario.counts(scenario.room);
        long last = scenario.head(timeline()).last().value();
        List<String> annsPlaces = scenario.placesOf("anntext");

        Operation ended = scenario.run(scenario.start("op", bob()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        // The title is the conversation's, not his.
        assertThat(remains("user")).isEmpty();
        assertThat(scenario.placesOf("anntext")).containsExactlyInAnyOrderElementsOf(annsPlaces);
        assertThat(scenario.counts(scenario.room)).isEqualTo(counts);
        assertThat(scenario.head(timeline()).last().value()).isEqualTo(last);
        assertThat(scenario.covered(timeline())).isEqualTo(last);
        assertThat(ended.report())
                .containsKeys(
                        "removed.hot.message",
                        "removed.warm.message",
                        "removed.cold.message",
                        "removed.hot.edit",
                        "removed.hot.personal",
                        "removed.inbox.reference",
                        "removed.records.content",
                        "removed.records.reaction");
    }

    @Test
    void conversation_nothingIsLeftOfIt_andItsMembersSeeThatItIsDissolved() {
        List<String> elsewhere = scenario.placesOf("text").stream()
                .filter(place -> place.contains(scenario.other.value()))
                .toList();

        Operation ended = scenario.run(scenario.start("op", conversation()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.placesOf("text").stream().filter(place -> place.contains(scenario.room.value())))
                .isEmpty();
        assertThat(scenario.placesOf("bobtext title")).isEmpty();
        assertThat(scenario.messaging.describe(scenario.room).dissolved()).isTrue();
        assertThat(scenario.placesOf("text")).containsAll(elsewhere);
        assertThat(scenario.covered(timeline()))
                .isEqualTo(scenario.head(timeline()).last().value());
    }

    @Test
    void app_nothingIsLeft() {
        Operation ended = scenario.run(scenario.start("op", app()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.placesOf("text")).isEmpty();
        assertThat(scenario.placesOf("title")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "user", "conversation", "app"})
    void processDiesAtAnyCall_theNextOneMakesItWhole(String what) {
        int calls = 0;
        for (boolean after : new boolean[] {false, true}) {
            // Every call at the begin, then every so many: each round is a run of its own.
            for (int at = 1; ; at += at < 40 ? 1 : 11) {
                ErasureScenario one = new ErasureScenario();
                scenario = one;
                Faults faults = new Faults(at, after);
                Operation begun = one.start("op", target(what));
                Map<String, String> counts = one.counts(one.room);

                Operation left = one.run(begun, one.handler(faults), faults);
                if (!faults.hasStruck()) {
                    break;
                }
                Operation ended = left.state().isFinished() ? left : one.run(left);

                calls++;
                assertThat(ended.state()).as("%s, call %d", what, at).isEqualTo(OperationState.SUCCEEDED);
                assertThat(remains(what)).as("%s, call %d", what, at).isEmpty();
                assertThat(one.covered(timeline()))
                        .isEqualTo(one.head(timeline()).last().value());
                if (!what.equals("conversation") && !what.equals("app")) {
                    assertThat(one.counts(one.room)).isEqualTo(counts);
                }
            }
        }
        assertThat(calls).isGreaterThan(20);
    }

    private ErasureTarget target(String what) {
        return switch (what) {
            case "message" -> message();
            case "user" -> bob();
            case "conversation" -> conversation();
            default -> app();
        };
    }

    private List<String> remains(String what) {
        List<String> places = new ArrayList<>();
        switch (what) {
            case "message" ->
                List.of("before edit", "after edit", "at last").forEach(text -> places.addAll(scenario.placesOf(text)));
            case "user" ->
                scenario.placesOf("bobtext").stream()
                        .filter(place -> !place.contains("kind=CONVERSATION") && !place.endsWith(timeline() + " 1"))
                        .forEach(places::add);
            case "conversation" ->
                scenario.placesOf("text").stream()
                        .filter(place -> place.contains(scenario.room.value()))
                        .forEach(places::add);
            default -> places.addAll(scenario.placesOf("text"));
        }
        return places;
    }

    @Test
    void twoErasuresAtOnce_bothEnd() {
        Operation one = scenario.start("one", bob());
        Operation two = scenario.start("two", conversation());
        EraseHandler handler = scenario.handler(Faults.none());
        Faults dies = new Faults(25, true);

        Operation half = scenario.run(one, scenario.handler(dies), dies);
        Operation second = scenario.run(two, handler, Faults.none());
        Operation first = scenario.run(half, handler, Faults.none());

        assertThat(List.of(first.state(), second.state())).containsOnly(OperationState.SUCCEEDED);
        assertThat(scenario.placesOf("bobtext")).isEmpty();
    }

    @Test
    void copyOfAMoveUnderWay_isFoundAndTheMoveFails() {
        TierState before = await(scenario.messaging.store.state(timeline(), soon()));
        RangeSlice read = await(scenario.messaging
                .store
                .hot()
                .read(EntryRange.of(timeline(), 1, scenario.edited.seq().value()), Direction.FORWARD, 1 << 20, soon()));
        Faults dies = new Faults(40, false);
        Operation half = scenario.run(scenario.start("op", message()), scenario.handler(dies), dies);
        // A mover had read the entries before; its copy arrives only now.
        await(scenario.messaging.store.warm().restore(timeline(), read.entries(), List.of(), soon()));

        Operation ended = scenario.run(half);

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.placesOf("before edit")).isEmpty();
        assertThat(await(scenario.messaging.store.replace(
                        timeline(), before, before.moved(before.watermarks()), soon())))
                .isFalse();
    }

    @Test
    void editThatCommitsLate_isFoundByTheNextPass() {
        Faults dies = new Faults(30, false);
        Operation half = scenario.run(scenario.start("op", message()), scenario.handler(dies), dies);
        scenario.lateEdit();

        Operation ended = scenario.run(half);

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.placesOf("too late")).isEmpty();
    }

    @Test
    void message_beyondTheHead_orNoMessage_fails() {
        Operation beyond = scenario.run(
                scenario.start("op", new ErasureTarget.OneMessage(APP, scenario.room, SequenceId.of(9999))));
        Operation event =
                scenario.run(scenario.start("op2", new ErasureTarget.OneMessage(APP, scenario.room, SequenceId.FIRST)));

        assertThat(beyond.problem()).isEqualTo("SEQUENCE_BEYOND_HEAD");
        assertThat(event.problem()).isEqualTo("MESSAGE_NOT_FOUND");
    }

    @Test
    void conversation_unknown_fails() {
        Operation ended = scenario.run(
                scenario.start("op", new ErasureTarget.OneConversation(APP, new ConversationId("nowhere"))));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.problem()).isEqualTo("CONVERSATION_NOT_FOUND");
    }

    @Test
    void check_refusesWhatIsNoErasure() {
        EraseHandler handler = scenario.handler(Faults.none());

        for (OperationRequest bad : List.of(
                new OperationRequest("erase", Optional.empty(), Map.of("target", "app")),
                new OperationRequest("erase", Optional.of(APP), Map.of()),
                new OperationRequest("erase", Optional.of(APP), Map.of("target", "world")),
                new OperationRequest("erase", Optional.of(APP), Map.of("target", "user")),
                new OperationRequest(
                        "erase", Optional.of(APP), Map.of("target", "message", "conversation", "a", "seq", "x")),
                new OperationRequest(
                        "erase", Optional.of(APP), Map.of("target", "message", "conversation", "a", "seq", "0")))) {
            assertThatIllegalArgumentException().isThrownBy(() -> handler.check(bad));
        }
    }

    @Test
    void restoredFromABackup_isErasedAgain() {
        RangeSlice backup = await(scenario.messaging
                .store
                .hot()
                .read(
                        EntryRange.of(
                                timeline(), 1, scenario.head(timeline()).last().value()),
                        Direction.FORWARD,
                        1 << 20,
                        soon()));
        assertThat(scenario.run(scenario.start("op", bob())).state()).isEqualTo(OperationState.SUCCEEDED);
        SequenceId later = scenario.send(scenario.room, "bob", "later", "bobtext later");
        await(scenario.messaging.store.warm().restore(timeline(), backup.entries(), List.of(), soon()));
        assertThat(scenario.placesOf("bobtext 1")).isNotEmpty();

        EraseHandler handler = scenario.handler(Faults.none());
        OperationService operations =
                new OperationService(scenario.messaging.store, scenario.messaging.clock, List.of(handler), id -> {});
        List<OperationId> again = await(
                new Erasures(scenario.messaging.store).reapply(operations, APP, new OperationId("restore-1"), soon()));
        Operation ended = scenario.run(done(operations.get(again.get(0), soon())));

        assertThat(again).hasSize(1);
        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.placesOf("bobtext 1")).isEmpty();
        // What he has said since was not asked to go.
        assertThat(scenario.placesOf("bobtext later")).contains("hot " + timeline() + " " + later);
        assertThat(await(new Erasures(scenario.messaging.store)
                        .reapply(operations, APP, new OperationId("restore-1"), soon())))
                .isEqualTo(again);
    }

    @Test
    void foundInFiles_theseAreWrittenAnewBeforeTheProof_withoutAPurge() {
        scenario.busy = 2;

        Operation ended = scenario.run(scenario.startAlone("op", bob()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.rewritten).isEqualTo(1);
        assertThat(scenario.purged).isEmpty();
        assertThat(remains("user")).isEmpty();
        assertThat(ended.report())
                .containsEntry("rewritten.files", "1")
                .containsEntry("proof.pass", "2")
                .containsEntry("proof.found", "0")
                .containsKey("purge");
    }

    @Test
    void markThatHidesWhatIsInFiles_isNoProof() {
        SequenceId bobs = scenario.inFiles("bob");
        scenario.marked.put(timeline(), new HashSet<>(Set.of(bobs)));

        Operation ended =
                scenario.run(scenario.startAlone("op", new ErasureTarget.OneMessage(APP, scenario.room, bobs)));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.rewritten).isEqualTo(1);
        assertThat(scenario.placesOf("cold " + timeline() + " " + bobs)).isEmpty();
    }

    @Test
    void fileThatCannotBeWrittenAnew_failsTheErasureAndIsNamed() {
        scenario.unreadable.put(timeline(), "b03-damaged.parquet");

        Operation ended = scenario.run(scenario.startAlone("op", bob()));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.problem()).contains("CORRUPT_DATA").contains("b03-damaged.parquet");
        assertThat(ended.report()).doesNotContainKey("proof.found");
        assertThat(scenario.rewritten)
                .as("one for the proof that it concerns bob")
                .isEqualTo(2);

        scenario.unreadable.clear();
        assertThat(scenario.run(scenario.startAlone("op2", bob())).state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(remains("user")).isEmpty();
    }

    @Test
    void fileOfOthersThatCannotBeWrittenAnew_isNotInTheWay() {
        TimelineId other = scenario.other.timeline(APP);
        scenario.unreadable.put(other, "b03-damaged.parquet");
        scenario.marked.put(other, new HashSet<>(Set.of(SequenceId.FIRST)));

        Operation ended = scenario.run(scenario.startAlone("op", bob()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(ended.report()).containsEntry("rewritten.files", "1");
        assertThat(remains("user")).isEmpty();
    }

    @Test
    void nothingFoundInFiles_noneIsWrittenAnew() {
        Operation ended =
                scenario.run(scenario.startAlone("op", new ErasureTarget.OneConversation(APP, scenario.other)));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(scenario.rewritten).isZero();
        assertThat(ended.report()).doesNotContainKey("rewritten.files");
    }

    @Test
    void entryThatNoTierHas_failsTheErasure() {
        // What bob wrote would be missed by the inboxes too: a reference to it asks for the message.
        SequenceId lost = scenario.inFiles("ann");
        scenario.lose(lost);

        assertThatThrownBy(() -> scenario.run(scenario.start("op", bob())))
                .hasCauseInstanceOf(CorruptDataException.class);

        scenario.lost.clear();
        assertThat(scenario.run(scenario.start("op2", bob())).state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(remains("user")).isEmpty();
    }

    @Test
    void entryThatMovedWhileItWasLookedFor_isFound() {
        scenario.lose(scenario.inFiles("bob"));
        scenario.lostOnce = true;

        Operation ended = scenario.run(scenario.start("op", bob()));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(remains("user")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "user", "conversation", "app"})
    void serverWithoutTheArchive_failsAndSaysWhy(String what) {
        scenario.hasArchive = false;

        Operation ended = scenario.run(scenario.start("op", target(what)));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.problem()).isEqualTo("ARCHIVE_NOT_CONFIGURED");
        assertThat(ended.report()).doesNotContainKey("proof.found");
        assertThat(scenario.messaging.describe(scenario.room).dissolved()).isFalse();
    }

    @Test
    void serverWithoutTheArchive_erasesWhatHasNoEntriesInFiles() {
        scenario.hasArchive = false;

        Operation ended = scenario.run(scenario.start("op", new ErasureTarget.OneConversation(APP, scenario.other)));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
    }

    @Test
    void begunErasure_cannotBeCancelled() {
        EraseHandler handler = scenario.handler(Faults.none());
        OperationService operations =
                new OperationService(scenario.messaging.store, scenario.messaging.clock, List.of(handler), id -> {});

        assertThat(handler.cancellable()).isFalse();
        assertThat(refusal(operations.cancel(new OperationId("none"), soon()))).isEqualTo(Refusal.OPERATION_NOT_FOUND);
    }
}
