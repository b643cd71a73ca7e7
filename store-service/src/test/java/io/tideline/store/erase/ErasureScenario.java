package io.tideline.store.erase;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.ColdErasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.erase.Rewritten;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.InboxCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Messaging;
import io.tideline.store.StorePorts;
import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.message.MessageAt;
import io.tideline.store.message.NewPersonalMessage;
import io.tideline.store.message.OutgoingMessage;
import io.tideline.store.operation.OperationHandler;
import io.tideline.store.operation.OperationStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two groups with inboxes, edits, reactions, recalls and personal messages, spread over the three tiers. Texts of bob hold
 * "bobtext", those of others "anntext" and so on.
 */
final class ErasureScenario {
    private static final List<RecordKind> KINDS = List.of(RecordKind.values());

    final Messaging messaging = new Messaging();
    final InMemoryTimelineStore files = new InMemoryTimelineStore(messaging.clock, Duration.ofDays(1));
    final Map<TimelineId, List<SequenceId>> told = new HashMap<>();
    final List<String> purged = new ArrayList<>();
    /** What the archive says is erased, and its files do not. */
    final Map<TimelineId, Set<SequenceId>> marked = new HashMap<>();

    /** How often somebody else is still at work on the files. */
    int busy;

    /** Timelines of files that are damaged where nobody looks who only reads a page. */
    final Map<TimelineId, String> unreadable = new HashMap<>();

    /** How often the files were written anew. */
    int rewritten;

    /** Of any timeline, what the archive does not find any more. */
    final Set<SequenceId> lost = new HashSet<>();

    /** Whether what is lost is found again after one look. */
    boolean lostOnce;

    boolean hasArchive = true;
    ConversationId room;
    ConversationId other;
    MessageAt edited;
    MessageAt plain;

    ErasureScenario() {
        room = conversation("bobtext title");
        other = conversation("other title");
        fill(room);
        fill(other);
        edited = new MessageAt(APP, room, send(room, "bob", "e1", "bobtext before edit"));
        done(messaging.messages.edit(edited, user("bob"), text("e2", "bobtext after edit"), soon()));
        done(messaging.messages.edit(edited, user("bob"), text("e3", "bobtext at last"), soon()));
        done(messaging.messages.react(edited, user("cyd"), "cydtext", true, soon()));
        plain = new MessageAt(APP, room, send(room, "ann", "a1", "anntext plain"));
        done(messaging.messages.react(plain, user("bob"), "bobtext!", true, soon()));
        MessageAt recalled = new MessageAt(APP, room, send(room, "bob", "r1", "bobtext recalled"));
        done(messaging.messages.recall(recalled, user("bob"), soon()));
        done(messaging.messages.sendPersonal(
                new NewPersonalMessage(
                        APP,
                        room,
                        user("ann"),
                        false,
                        List.of(user("cyd")),
                        text("p1", "anntext personal"),
                        SequenceId.NONE),
                soon()));
        done(messaging.messages.sendPersonal(
                new NewPersonalMessage(
                        APP,
                        room,
                        user("bob"),
                        true,
                        List.of(user("cyd")),
                        text("p2", "bobtext personal"),
                        SequenceId.NONE),
                soon()));
        fanOut(room);
        fanOut(other);
        spread(room.timeline(APP));
    }

    private ConversationId conversation(String title) {
        ConversationSettings settings = new ConversationSettings(DiffusionPolicy.WRITE, true, Map.of("title", title));
        return messaging
                .create(Messaging.group("ann", users("bob", "cyd"), settings))
                .conversation()
                .id();
    }

    private void fill(ConversationId conversation) {
        for (int i = 0; i < 12; i++) {
            String name = List.of("ann", "bob", "cyd").get(i % 3);
            send(conversation, name, conversation + "-" + i, name + "text " + i);
            messaging.clock.step(Duration.ofMillis(10));
        }
    }

    SequenceId send(ConversationId conversation, String from, String id, String text) {
        return done(messaging.messages.send(APP, conversation, user(from), text(id, text), soon()))
                .seq();
    }

    static OutgoingMessage text(String id, String text) {
        return new OutgoingMessage(new ClientMessageId(id), new MessageKind("text"), Payload.utf8(text));
    }

    /** An edit that had looked at its message before that went: its entry and its record come in one step, as ever. */
    void lateEdit() {
        ConversationEvent event =
                new ConversationEvent.Edited(edited.seq(), new MessageKind("text"), Payload.utf8("bobtext too late"));
        MessageChange change = new MessageChange.Edited(
                user("bob"),
                SequenceId.NONE,
                messaging.clock.instant(),
                new MessageKind("text"),
                Payload.utf8("bobtext too late"));
        NewEntry entry = new NewEntry(
                user("bob").asSender(),
                new ClientMessageId("late"),
                EventCodec.kind(event),
                EventCodec.encode(event),
                messaging.ports.ids().next(),
                Counting.SILENT);
        Attachment attachment =
                new Attachment(0, RecordKind.CHANGE, MessageChange.editKey(edited.seq()), MessageCodec.encode(change));
        await(messaging.store.append(
                new TimelineAppend(room.timeline(APP), List.of(entry), List.of(attachment), List.of(), SequenceId.NONE),
                soon()));
    }

    /** What the fan-out worker of the sync service does, as far as it matters here. */
    void fanOut(ConversationId conversation) {
        TimelineId timeline = conversation.timeline(APP);
        Conversation described = messaging.describe(conversation);
        for (TimelineRecord record : await(
                        messaging.store.scan(RecordScan.all(timeline, 1000, RecordKind.MEMBER), soon()))
                .records()) {
            Membership member = ConversationCodec.decodeMember(record);
            for (Entry entry : messaging.entries(timeline)) {
                refer(conversation, member.user(), entry);
            }
            UserConversation listed = new UserConversation(
                    conversation, described.kind(), described.diffusion(), member, described.version());
            RecordKey key = RecordKey.of(
                    member.user().inbox(APP), RecordKind.USER_CONVERSATION, KeyPart.of(conversation.value()));
            await(messaging.store.raise(
                    List.of(new TimelineRecord(key, described.version(), ConversationCodec.encode(listed))), soon()));
        }
        await(messaging.store.remove(
                List.of(RecordKey.of(timeline, RecordKind.FANOUT_TASK)), Long.MAX_VALUE - 1, soon()));
    }

    private void refer(ConversationId conversation, UserId member, Entry entry) {
        boolean event = entry.kind().value().startsWith("tideline.");
        InboxEvent reference = new InboxEvent.Reference(
                conversation, entry.seq(), entry.kind(), event ? Payload.EMPTY : entry.payload());
        NewEntry entered = new NewEntry(
                entry.sender(),
                new ClientMessageId("w/" + conversation + "/" + entry.seq()),
                InboxCodec.kind(reference),
                InboxCodec.encode(reference),
                entry.messageId(),
                Counting.SILENT);
        await(messaging.store.append(TimelineAppend.of(member.inbox(APP), entered), soon()));
    }

    /** A third into files, a third warm; the copies that moves leave behind stay until they are released. */
    private void spread(TimelineId timeline) {
        long last = head(timeline).last().value();
        await(messaging.store.warm().copyFromHot(EntryRange.of(timeline, 1, last * 2 / 3), soon()));
        RangeSlice third = await(
                messaging.store.warm().read(EntryRange.of(timeline, 1, last / 3), Direction.FORWARD, 1 << 20, soon()));
        await(files.create(timeline, Attributes.NONE, soon()));
        await(files.warm().restore(timeline, third.entries(), List.of(), soon()));
        messaging.store.archive(cold());
        Watermarks marks = new Watermarks(SequenceId.NONE, SequenceId.of(last / 3), SequenceId.of(last * 2 / 3));
        TierState state = await(messaging.store.state(timeline, soon()));
        await(messaging.store.replace(timeline, state, state.moved(marks), soon()));
    }

    /** What a server reads from files. */
    private TierReader cold() {
        return (range, direction, maxBytes, deadline) -> !hasArchive
                ? CompletableFuture.completedFuture(RangeSlice.EMPTY)
                : stored(range, direction, maxBytes, deadline)
                        .thenApply(slice -> new RangeSlice(
                                slice.entries().stream()
                                        .filter(entry -> !isMarked(range.timeline(), entry.seq()))
                                        .toList(),
                                gaps(range.timeline(), slice)));
    }

    private boolean isMarked(TimelineId timeline, SequenceId seq) {
        return marked.getOrDefault(timeline, Set.of()).contains(seq);
    }

    private List<Gap> gaps(TimelineId timeline, RangeSlice slice) {
        return Stream.concat(
                        slice.gaps().stream(),
                        slice.entries().stream()
                                .filter(entry -> isMarked(timeline, entry.seq()))
                                .map(entry -> Gap.erased(entry.seq(), entry.counted())))
                .sorted(Comparator.comparing(Gap::from))
                .toList();
    }

    private CompletableFuture<RangeSlice> stored(
            EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
        return files.warm().read(range, direction, maxBytes, deadline).thenApply(this::found);
    }

    /** Files as they are: a mark hides what stands in them, until they are written anew. */
    private final class Files implements ColdErasure {
        private final Faults faults;

        Files(Faults faults) {
            this.faults = faults;
        }

        @Override
        public CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
            marked.computeIfAbsent(timeline, first -> new HashSet<>()).addAll(seqs);
            return CompletableFuture.completedFuture(seqs.size());
        }

        @Override
        public TierReader asStored() {
            return faults.wrap(TierReader.class, ErasureScenario.this::stored);
        }

        @Override
        public CompletableFuture<Optional<Rewritten>> rewrite(Deadline deadline) {
            if (busy > 0) {
                busy--;
                return CompletableFuture.completedFuture(Optional.empty());
            }
            long files = marked.entrySet().stream()
                    .filter(one -> !unreadable.containsKey(one.getKey()))
                    .filter(one -> await(ErasureScenario.this
                                    .files
                                    .warm()
                                    .erase(one.getKey(), List.copyOf(one.getValue()), deadline))
                            > 0)
                    .count();
            marked.keySet().retainAll(unreadable.keySet());
            rewritten++;
            return CompletableFuture.completedFuture(Optional.of(new Rewritten(files, unreadable)));
        }
    }

    private RangeSlice found(RangeSlice slice) {
        RangeSlice found = new RangeSlice(
                slice.entries().stream()
                        .filter(entry -> !lost.contains(entry.seq()))
                        .toList(),
                slice.gaps());
        if (lostOnce && found.entries().size() < slice.entries().size()) {
            lost.clear();
        }
        return found;
    }

    /** The archive loses an entry of the room that nothing else has. */
    void lose(SequenceId seq) {
        TimelineId timeline = room.timeline(APP);
        Watermarks marks = await(messaging.store.state(timeline, soon())).watermarks();
        await(messaging.store.hot().release(timeline, marks.hotReleased(), soon()));
        await(messaging.store.warm().release(timeline, marks.warmReleased(), soon()));
        lost.add(seq);
    }

    /** The first message of somebody that lies in files. */
    SequenceId inFiles(String sender) {
        EntryRange all = EntryRange.of(room.timeline(APP), 1, 1000);
        return await(files.warm().read(all, Direction.FORWARD, 1 << 20, soon())).entries().stream()
                .filter(entry -> entry.sender().value().equals(sender)
                        && entry.kind().value().equals("text"))
                .map(Entry::seq)
                .findFirst()
                .orElseThrow();
    }

    Head head(TimelineId timeline) {
        return await(messaging.store.heads(List.of(new HeadQuery(timeline, SequenceId.NONE)), soon()))
                .getOrDefault(timeline, Head.EMPTY);
    }

    EraseHandler handler(Faults faults) {
        InMemoryTimelineStore store = messaging.store;
        StorePorts wrapped = new StorePorts(
                faults.wrap(TimelineStore.class, store),
                faults.wrap(RecordStore.class, store),
                messaging.ports.ids(),
                messaging.clock,
                id -> {});
        ErasePorts ports = new ErasePorts(
                faults.wrap(TimelineDirectory.class, store),
                faults.wrap(TableTier.class, store.hot()),
                faults.wrap(TableTier.class, store.warm()),
                Optional.of(faults.wrap(ColdErasure.class, new Files(faults))).filter(archive -> hasArchive),
                faults.wrap(WatermarkStore.class, store),
                List.of((timeline, seqs, deadline) -> {
                    told.computeIfAbsent(timeline, id -> new ArrayList<>()).addAll(seqs);
                    return CompletableFuture.completedFuture(null);
                }),
                List.of(new PhysicalPurge() {
                    @Override
                    public String name() {
                        return "tables";
                    }

                    @Override
                    public CompletableFuture<Boolean> purge(Instant since, Deadline deadline) {
                        purged.add(since.toString());
                        return CompletableFuture.completedFuture(purged.size() > 1);
                    }
                }));
        return new EraseHandler(
                wrapped,
                ports,
                new ConversationService(wrapped, app -> ConversationRules.DEFAULT),
                new EraseConfig(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(30)));
    }

    private static final OperationHandler.Control CONTROL = new OperationHandler.Control() {
        @Override
        public void progress(io.tideline.core.operation.OperationProgress progress) {}

        @Override
        public boolean isStopRequested() {
            return false;
        }
    };

    Operation start(String id, ErasureTarget target) {
        return start(id, EraseRequests.of(target, true));
    }

    /** Without {@code --purge}. */
    Operation startAlone(String id, ErasureTarget target) {
        return start(id, EraseRequests.of(target, false));
    }

    Operation start(String id, OperationRequest request) {
        return Operation.pending(new OperationId(id), request, messaging.clock.instant());
    }

    /** Steps like the worker, until the end, or until the process dies: then empty. */
    Operation run(Operation operation, EraseHandler handler, Faults faults) {
        Operation at = operation;
        for (int steps = 0; steps < 10_000; steps++) {
            OperationStep step = stepOnce(at, handler, faults);
            if (step == null) {
                return at;
            }
            if (step instanceof OperationStep.More more) {
                at = at.withState(OperationState.RUNNING, "")
                        .withStep(more.progress(), more.checkpoint(), more.report());
                messaging.clock.step(more.pause());
                fanOut(other);
                if (lost.isEmpty() && hasArchive) {
                    fanOut(room);
                }
            } else if (step instanceof OperationStep.Done done) {
                return at.withStep(done.progress(), Map.of(), done.report()).withState(OperationState.SUCCEEDED, "");
            } else {
                return at.withState(OperationState.FAILED, ((OperationStep.Failed) step).problem());
            }
        }
        throw new AssertionError("an erasure without an end");
    }

    private static @Nullable OperationStep stepOnce(Operation at, EraseHandler handler, Faults faults) {
        try {
            return handler.step(at, CONTROL).join();
        } catch (RuntimeException e) {
            if (faults.hasStruck()) {
                return null;
            }
            throw e;
        }
    }

    Operation run(Operation operation) {
        return run(operation, handler(Faults.none()), Faults.none());
    }

    List<TimelineId> timelines() {
        List<TimelineId> all = new ArrayList<>();
        for (TimelineFamily family : TimelineFamily.values()) {
            await(messaging.store.list(new ListQuery(APP, family, null, 1000), soon())).timelines().stream()
                    .map(TimelineDescription::timeline)
                    .forEach(all::add);
        }
        return all;
    }

    /** Where a text stands, in whatever tier, record or attribute. */
    List<String> placesOf(String text) {
        List<String> places = new ArrayList<>();
        for (TimelineId timeline : timelines()) {
            long last = head(timeline).last().value();
            if (last > 0) {
                find(text, "hot", messaging.store.hot(), timeline, last, places);
                find(text, "warm", messaging.store.warm(), timeline, last, places);
                find(text, "cold", files.warm(), timeline, last, places);
            }
            for (RecordKind kind : KINDS) {
                await(messaging.store.scan(RecordScan.all(timeline, 10_000, kind), soon())).records().stream()
                        .filter(record -> record.value().toUtf8().contains(text)
                                || record.key().parts().toString().contains(text))
                        .forEach(record -> places.add("record " + record.key()));
            }
            await(messaging.store.describe(timeline, SequenceId.NONE, soon()))
                    .filter(described ->
                            described.attributes().values().toString().contains(text))
                    .ifPresent(described -> places.add("attributes of " + timeline));
        }
        return places;
    }

    private static void find(
            String text, String tier, TierReader reader, TimelineId timeline, long last, List<String> places) {
        for (long first = 1; first <= last; first += 1000) {
            EntryRange range = EntryRange.of(timeline, first, Math.min(last, first + 999));
            await(reader.read(range, Direction.FORWARD, 1 << 30, soon())).entries().stream()
                    .filter(entry -> entry.payload().toUtf8().contains(text))
                    .forEach(entry -> places.add(tier + " " + timeline + " " + entry.seq()));
        }
    }

    /** Heads of everything: seqs and counts, which an erasure must not change. */
    Map<String, String> counts(ConversationId conversation) {
        Map<String, String> counts = new TreeMap<>();
        for (String name : List.of("ann", "bob", "cyd")) {
            TimelineId timeline = conversation.timeline(APP);
            counts.put(
                    name,
                    await(messaging.store.markedHeads(name, List.of(new HeadQuery(timeline, SequenceId.NONE)), soon()))
                            .values()
                            .stream()
                            .map(marked -> marked.head().counted() + " " + marked.readCounted() + " "
                                    + marked.readThrough() + " "
                                    + marked.head().lastDiscounted())
                            .findFirst()
                            .orElse(""));
        }
        return counts;
    }

    /** Seqs that a reader gets, as entries or in gaps. */
    long covered(TimelineId timeline) {
        var page = await(messaging.store.read(ReadQuery.forward(timeline, 1, 1000), soon()));
        return page.entries().size()
                + page.gaps().stream()
                        .mapToLong(gap -> gap.to().value() - gap.from().value() + 1)
                        .sum();
    }
}
