package io.tideline.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.UserId;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.conversation.Creation;
import io.tideline.store.conversation.NewConversation;
import io.tideline.store.message.HistoryQuery;
import io.tideline.store.message.HistoryReader;
import io.tideline.store.message.MessageAt;
import io.tideline.store.message.MessageRules;
import io.tideline.store.message.MessageService;
import io.tideline.store.message.OutgoingMessage;
import io.tideline.store.message.Sent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The services on a store in memory, and short names for what tests do with them. */
public final class Messaging {
    public static final AppId APP = new AppId("shop");

    public final SteppingClock clock = new SteppingClock();
    public final InMemoryTimelineStore store = new InMemoryTimelineStore(clock, Duration.ofDays(7));
    public final Queue<TimelineId> due = new ConcurrentLinkedQueue<>();
    public ConversationRules conversationRules = ConversationRules.DEFAULT;
    public MessageRules messageRules = MessageRules.DEFAULT;
    /** As of today: by their length names of conversations are told from others. */
    private final AtomicLong ids = new AtomicLong(400_000_000_000_000_000L);

    public final StorePorts ports;
    public final ConversationService conversations;
    public final MessageService messages;
    public final HistoryReader history;

    public Messaging() {
        this(store -> store);
    }

    /** @param wrap puts something between the services and the timelines */
    public Messaging(UnaryOperator<TimelineStore> wrap) {
        ports = new StorePorts(wrap.apply(store), store, () -> MessageId.of(ids.incrementAndGet()), clock, due::add);
        conversations = anotherInstance();
        messages = new MessageService(ports, app -> messageRules);
        history = new HistoryReader(ports);
    }

    /** The service of another process on the same storage. */
    public ConversationService anotherInstance() {
        return new ConversationService(ports, app -> conversationRules);
    }

    public static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    public static UserId user(String name) {
        return new UserId(name);
    }

    public static List<UserId> users(String... names) {
        return Arrays.stream(names).map(UserId::new).toList();
    }

    public static List<UserId> users(int count) {
        return IntStream.range(0, count).mapToObj(i -> new UserId("u" + i)).toList();
    }

    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    public static <T> T done(CompletableFuture<Outcome<T>> future) {
        Outcome<T> outcome = await(future);
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<T>) outcome).value();
    }

    public static Refusal refusal(CompletableFuture<? extends Outcome<?>> future) {
        Outcome<?> outcome = await(future);
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused<?>) outcome).reason();
    }

    public static ConversationSettings settings(DiffusionPolicy policy, boolean historyVisible) {
        return new ConversationSettings(policy, historyVisible, Map.of());
    }

    public static NewConversation group(String creator, List<UserId> members) {
        return group(creator, members, settings(DiffusionPolicy.AUTO, true));
    }

    public static NewConversation group(String creator, List<UserId> members, ConversationSettings settings) {
        return newOf(ConversationKind.GROUP, creator, members, settings);
    }

    public static NewConversation newOf(
            ConversationKind kind, String creator, List<UserId> members, ConversationSettings settings) {
        return new NewConversation(APP, user(creator), kind, members, settings, Optional.empty(), Optional.empty());
    }

    public Creation create(NewConversation wanted) {
        return done(conversations.create(wanted, soon()));
    }

    /** A group of which the first is the owner. */
    public ConversationId groupOf(String owner, String... others) {
        return create(group(owner, users(others))).conversation().id();
    }

    public Conversation describe(ConversationId id) {
        return done(conversations.describe(APP, id, Optional.empty(), soon()));
    }

    public static OutgoingMessage text(String clientId, String text) {
        return new OutgoingMessage(new ClientMessageId(clientId), new MessageKind("text"), Payload.utf8(text));
    }

    public CompletableFuture<Outcome<Sent>> sending(ConversationId id, String from, String clientId) {
        return messages.send(APP, id, user(from), text(clientId, "text " + clientId), soon());
    }

    public Sent send(ConversationId id, String from, String clientId) {
        return done(sending(id, from, clientId));
    }

    public MessageAt sendAt(ConversationId id, String from, String clientId) {
        return new MessageAt(APP, id, send(id, from, clientId).seq());
    }

    public ConversationPage read(ConversationId id, String user) {
        return done(history.read(query(id, user, 0, 0, Direction.FORWARD, 1000), soon()));
    }

    public static HistoryQuery query(
            ConversationId id, String user, long from, long to, Direction direction, int limit) {
        return new HistoryQuery(
                APP,
                id,
                user(user),
                SequenceId.of(from),
                SequenceId.of(to),
                direction,
                limit,
                ReadQuery.DEFAULT_MAX_BYTES,
                SequenceId.NONE);
    }

    public MessageView view(MessageAt at, String user) {
        return read(at.conversation(), user).messages().stream()
                .filter(view -> view.follows().isEmpty() && view.entry().seq().equals(at.seq()))
                .findFirst()
                .orElseThrow();
    }

    public List<Entry> entries(TimelineId timeline) {
        return await(store.read(ReadQuery.forward(timeline, 1, 1000), soon())).entries();
    }

    /** The last seq of a conversation. */
    public SequenceId lastSeq(ConversationId id) {
        List<Entry> all = entries(id.timeline(APP));
        return all.get(all.size() - 1).seq();
    }

    public List<ConversationEvent> events(ConversationId id) {
        return entries(id.timeline(APP)).stream()
                .flatMap(entry -> EventCodec.decode(entry.kind(), entry.payload()).stream())
                .toList();
    }

    public int records(TimelineId owner, RecordKind kind) {
        return await(store.scan(RecordScan.all(owner, RecordScan.MAX_ROWS, kind), soon()))
                .records()
                .size();
    }
}
