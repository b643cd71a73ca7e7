package io.tideline.client;

import com.google.protobuf.Timestamp;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.CommitConsumerResponse;
import io.tideline.api.v1.ConsumerBatch;
import io.tideline.api.v1.ConsumerBeyondHead;
import io.tideline.api.v1.ConversationEvent;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.ForgetDeviceResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SetCheckpointsResponse;
import io.tideline.api.v1.StopReason;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import io.tideline.api.v1.SyncStop;
import io.tideline.api.v1.TimelineName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A server in memory that keeps the contract of sending, history and sync for one user and his devices, and that can be
 * told to lose and to double things. A token lists the checkpoints of its page.
 */
final class FakeMessaging implements AutoCloseable {
    static final String USER = "alice";

    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    final BlockingQueue<Subscription> subscriptions = new LinkedBlockingQueue<>();
    final BlockingQueue<String> tokensOfCallers = new LinkedBlockingQueue<>();
    final BlockingQueue<String> marksTaken = new LinkedBlockingQueue<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<Message>> conversations = new TreeMap<>();
    private final Map<String, Map<String, Long>> checkpoints = new HashMap<>();
    private final Map<String, Long> readMarks = new HashMap<>();
    private final Map<String, List<Message>> personal = new HashMap<>();
    private final Map<String, Long> personalMarks = new HashMap<>();
    private final Map<String, Long> hiddenThrough = new HashMap<>();
    private final Map<String, Set<Long>> erased = new HashMap<>();
    private final Map<String, Long> expired = new HashMap<>();
    private final Map<String, Long> committed = new HashMap<>();
    private final Deque<Status> sendFailures = new ArrayDeque<>();
    private final Map<String, Status> failingConversations = new HashMap<>();
    private final BlockingQueue<StreamObserver<SendResponse>> heldSends = new LinkedBlockingQueue<>();
    private boolean holdsSends;
    private final Deque<Status> listFailures = new ArrayDeque<>();
    private final Deque<Status> pollFailures = new ArrayDeque<>();
    private final Set<String> staleTokens = new HashSet<>();
    private int lostSendAnswers;
    private int pageSize = 1_000;
    private boolean losesAcks;
    private boolean doublesPages;
    private boolean withoutStreams;
    private boolean forgetsNothing;
    private Server server;
    private final int port;

    FakeMessaging() throws IOException {
        server = start(0);
        port = server.getPort();
    }

    private Server start(int atPort) throws IOException {
        return NettyServerBuilder.forPort(atPort)
                .directExecutor()
                .intercept(new Callers())
                .addService(new Messages())
                .addService(new Syncs())
                .build()
                .start();
    }

    String target() {
        return "localhost:" + port;
    }

    void stop() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    void startAgain() throws IOException {
        server = start(port);
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    private interface Step<T> {
        T run();
    }

    private <T> T locked(Step<T> step) {
        lock.lock();
        try {
            return step.run();
        } finally {
            lock.unlock();
        }
    }

    void losesAcks(boolean loses) {
        locked(() -> losesAcks = loses);
    }

    void doublesPages(boolean doubles) {
        locked(() -> doublesPages = doubles);
    }

    void withoutStreams(boolean without) {
        locked(() -> withoutStreams = without);
    }

    void forgetsNothing() {
        locked(() -> forgetsNothing = true);
    }

    void pageSize(int size) {
        locked(() -> pageSize = size);
    }

    void loseSendAnswers(int count) {
        locked(() -> lostSendAnswers = count);
    }

    void failSend(Status status) {
        locked(() -> sendFailures.add(status));
    }

    /** Until {@link #heal}. */
    void failSendsTo(String conversation, Status status) {
        locked(() -> failingConversations.put(conversation, status));
    }

    void heal(String conversation) {
        locked(() -> failingConversations.remove(conversation));
    }

    /** From now on sends are answered by whoever takes them from here. */
    BlockingQueue<StreamObserver<SendResponse>> holdSends() {
        return locked(() -> {
            holdsSends = true;
            return heldSends;
        });
    }

    void failList(Status status) {
        locked(() -> listFailures.add(status));
    }

    void failPoll(Status status) {
        locked(() -> pollFailures.add(status));
    }

    void refuseTokensGiven() {
        locked(() -> {
            conversations.forEach((id, messages) -> staleTokens.add(id));
            return checkpoints.remove("phone");
        });
    }

    void erase(String conversation) {
        locked(() -> conversations.remove(conversation));
    }

    /** From now on it has only so many messages; the others are gone, and their seqs are given again. */
    void restore(String conversation, int messages) {
        locked(() -> {
            List<Message> all = conversations.get(conversation);
            all.subList(messages, all.size()).clear();
            return readMarks.remove(conversation);
        });
    }

    /** Erases one message for good: it goes on counting, and nobody is told what it was. */
    void eraseMessage(String conversation, long seq) {
        locked(() -> erased.computeIfAbsent(conversation, id -> new HashSet<>()).add(seq));
    }

    /** Retention drops what is up to a seq: it counts no more, and nobody is told. */
    void expire(String conversation, long through) {
        locked(() -> expired.merge(conversation, through, Math::max));
    }

    private boolean isExpired(Message message) {
        return message.getSeq() <= expired.getOrDefault(message.getConversationId(), 0L);
    }

    private boolean isErased(Message message) {
        return erased.getOrDefault(message.getConversationId(), Set.of()).contains(message.getSeq());
    }

    private List<Message> readable(String conversation, long from, long to) {
        return conversations.get(conversation).subList((int) from - 1, (int) to).stream()
                .filter(message -> !isErased(message) && !isExpired(message))
                .toList();
    }

    private List<MessageGap> gaps(String conversation, long from, long to) {
        return conversations.get(conversation).subList((int) from - 1, (int) to).stream()
                .filter(message -> isErased(message) || isExpired(message))
                .map(message -> MessageGap.newBuilder()
                        .setFromSeq(message.getSeq())
                        .setToSeq(message.getSeq())
                        .setType(
                                isExpired(message)
                                        ? MessageGap.Type.MESSAGE_GAP_EXPIRED
                                        : MessageGap.Type.MESSAGE_GAP_ERASED)
                        .build())
                .toList();
    }

    void hideThrough(String conversation, long seq) {
        locked(() -> hiddenThrough.put(conversation, seq));
    }

    Map<String, Long> checkpointsOf(String device) {
        return locked(() -> Map.copyOf(checkpoints.getOrDefault(device, Map.of())));
    }

    long readMark(String conversation) {
        return locked(() -> readMarks.getOrDefault(conversation, 0L));
    }

    long committedOf(String conversation) {
        return locked(() -> committed.getOrDefault(conversation, 0L));
    }

    void commit(String conversation, long seq) {
        locked(() -> committed.put(conversation, seq));
    }

    List<String> payloads(String conversation) {
        return locked(() -> conversations.getOrDefault(conversation, List.of()).stream()
                .map(message -> message.getPayload().toStringUtf8())
                .toList());
    }

    /** A message of somebody, stored and not pushed. */
    Message post(String conversation, String sender, String text) {
        return locked(() -> append(message(conversation, sender, text, "", "text")));
    }

    /** Counts for nobody. */
    Message postNotice(String conversation, String sender, String text) {
        return locked(() -> append(message(conversation, sender, text, "", "text").toBuilder()
                .setNotice(true)
                .build()));
    }

    /** For the user alone. */
    Message postPersonal(String conversation, String sender, long follows, String text) {
        return locked(() -> {
            List<Message> messages = personal.computeIfAbsent(conversation, id -> new ArrayList<>());
            Message stored = message(conversation, sender, text, "", "text").toBuilder()
                    .setSeq(follows)
                    .setPersonalSeq(messages.size() + 1L)
                    .build();
            messages.add(stored);
            return stored;
        });
    }

    Message postJoined(String conversation, String user) {
        return locked(() -> append(message(conversation, "bob", "", "", "tideline.joined").toBuilder()
                .setEvent(ConversationEvent.newBuilder()
                        .setJoined(ConversationEvent.Joined.newBuilder().addUsers(user)))
                .build()));
    }

    Message postChange(String conversation, String sender, ConversationEvent.MessageChanged change) {
        return locked(() -> {
            Message event = append(message(conversation, sender, "", "", "tideline.changed").toBuilder()
                    .setEvent(ConversationEvent.newBuilder().setMessageChanged(change))
                    .build());
            List<Message> messages = conversations.get(conversation);
            int index = (int) change.getSeq() - 1;
            messages.set(index, MessageChanges.applied(messages.get(index), event));
            return event;
        });
    }

    private Message message(String conversation, String sender, String text, String clientMessageId, String kind) {
        return Message.newBuilder()
                .setConversationId(conversation)
                .setSender(sender)
                .setKind(kind)
                .setClientMessageId(clientMessageId)
                .setPayload(com.google.protobuf.ByteString.copyFromUtf8(text))
                .setState(MessageState.SENT)
                .build();
    }

    private Message append(Message message) {
        List<Message> messages = conversations.computeIfAbsent(message.getConversationId(), id -> new ArrayList<>());
        long seq = messages.size() + 1L;
        Message stored = message.toBuilder()
                .setSeq(seq)
                .setMessageId(1_000 + seq)
                .setServerTime(Timestamp.newBuilder().setSeconds(seq))
                .build();
        messages.add(stored);
        if (stored.getSender().equals(USER) && !stored.hasEvent() && !stored.getNotice()) {
            readMarks.merge(stored.getConversationId(), seq, Math::max);
        }
        return stored;
    }

    private void raise(String device, String token) {
        Map<String, Long> stored = checkpoints.computeIfAbsent(device, name -> new HashMap<>());
        for (String part : token.split(",", -1)) {
            if (!part.isEmpty()) {
                String[] pair = part.split("=", -1);
                stored.merge(pair[0], Long.parseLong(pair[1]), Math::max);
            }
        }
    }

    private boolean isStale(String token) {
        boolean stale = staleTokens.stream().anyMatch(id -> token.contains(id + "="));
        staleTokens.clear();
        return stale;
    }

    /** One page after the device's checkpoints, and after what the connection was given already. */
    SyncResponse page(String device, Map<String, Long> given, int latest) {
        return locked(() -> {
            var page = SyncResponse.newBuilder();
            StringBuilder token = new StringBuilder();
            int left = pageSize;
            boolean more = false;
            for (String id : conversations.keySet()) {
                long head = conversations.get(id).size();
                Map<String, Long> stored = checkpoints.getOrDefault(device, Map.of());
                long from = Math.max(stored.getOrDefault(id, -1L), given.getOrDefault(id, -1L)) + 1;
                if (from > head + 1) {
                    if (given.put(id, from - 1) == null) {
                        page.addRanges(range(id, from, from - 1, false).toBuilder()
                                .setStop(SyncStop.SYNC_BEYOND_HEAD)
                                .setLastSeq(head));
                    }
                    continue;
                }
                boolean first = from == 0;
                from = first ? Math.max(1, head - latest + 1) : from;
                long to = Math.min(head, from + left - 1);
                more |= to < head;
                if (to < from) {
                    continue;
                }
                left -= (int) (to - from + 1);
                page.addAllMessages(readable(id, from, to));
                page.addRanges(
                        range(id, from, to, first && from > 1).toBuilder().addAllGaps(gaps(id, from, to)));
                token.append(id).append('=').append(to).append(',');
                given.put(id, to);
            }
            return page.setNext(token.toString()).setHasMore(more).build();
        });
    }

    static SyncRange range(String conversation, long from, long to, boolean limited) {
        return SyncRange.newBuilder()
                .setConversationId(conversation)
                .setFromSeq(from)
                .setToSeq(to)
                .setLimited(limited)
                .build();
    }

    /** A batch of messages that are stored, as a push would have it. */
    SyncResponse batch(String conversation, long from, long to) {
        return locked(() -> SyncResponse.newBuilder()
                .addAllMessages(readable(conversation, from, to))
                .addRanges(range(conversation, from, to, false).toBuilder().addAllGaps(gaps(conversation, from, to)))
                .setNext(conversation + "=" + to + ",")
                .build());
    }

    /** A batch of nothing but personal messages, as a push would have it. */
    SyncResponse personalBatch(String conversation, long from, long to) {
        return locked(() -> {
            long head = conversations.get(conversation).size();
            return SyncResponse.newBuilder()
                    .addAllMessages(personal.get(conversation).subList((int) from - 1, (int) to))
                    .addRanges(range(conversation, head + 1, head, false).toBuilder()
                            .setPersonalToSeq(to))
                    .setNext(conversation + "=" + head + ",")
                    .build();
        });
    }

    private ConversationUnread unread(String conversation) {
        List<Message> messages = conversations.getOrDefault(conversation, List.of());
        List<Message> own = personal.getOrDefault(conversation, List.of());
        long read = readMarks.getOrDefault(conversation, 0L);
        long personalRead = personalMarks.getOrDefault(conversation, 0L);
        long unread = messages.stream()
                .filter(message -> message.getSeq() > read && counts(message) && !isExpired(message))
                .count();
        long personalUnread = own.stream()
                .filter(message -> message.getPersonalSeq() > personalRead && counts(message))
                .count();
        return ConversationUnread.newBuilder()
                .setConversationId(conversation)
                .setUnread(unread + personalUnread)
                .setReadSeq(read)
                .setLastSeq(messages.size())
                .setPersonalUnread(personalUnread)
                .setPersonalReadSeq(personalRead)
                .setPersonalLastSeq(own.size())
                .build();
    }

    private static boolean counts(Message message) {
        return !message.getSender().equals(USER) && !message.getNotice() && MessageChanges.isShown(message);
    }

    ConversationUnread unreadOf(String conversation) {
        return locked(() -> unread(conversation));
    }

    /** A device's stream as the server has it; the test says what is pushed and when. */
    final class Subscription implements StreamObserver<SubscribeRequest> {
        final BlockingQueue<String> acks = new LinkedBlockingQueue<>();
        final Map<String, Long> given = new HashMap<>();
        private final StreamObserver<SubscribeResponse> events;
        SubscribeRequest.Register register = SubscribeRequest.Register.getDefaultInstance();

        private boolean refused;

        Subscription(StreamObserver<SubscribeResponse> events) {
            this.events = events;
        }

        void refuse() {
            refused = true;
            events.onError(Status.UNIMPLEMENTED.asRuntimeException());
        }

        @Override
        public void onNext(SubscribeRequest request) {
            if (refused) {
                return;
            }
            if (request.hasRegister()) {
                register = request.getRegister();
                subscriptions.add(this);
                if (!register.getAck().isEmpty()) {
                    acknowledge(register.getAck());
                }
                return;
            }
            acknowledge(request.getAck());
        }

        private void acknowledge(String ack) {
            boolean stale = locked(() -> isStale(ack));
            if (stale) {
                events.onError(ScriptedServer.failure(Status.Code.INVALID_ARGUMENT, "INVALID_SYNC_TOKEN", null));
                return;
            }
            locked(() -> {
                if (!losesAcks) {
                    raise(register.getDevice(), ack);
                }
                return acks.add(ack);
            });
        }

        /** All that the device has not had, then the marker. */
        void replay() {
            SyncResponse page = page(register.getDevice(), given, register.getLatest());
            while (page.getRangesCount() > 0) {
                push(page);
                page = page(register.getDevice(), given, register.getLatest());
            }
            caughtUp();
        }

        void push(SyncResponse batch) {
            var response = SubscribeResponse.newBuilder().setBatch(batch).build();
            events.onNext(response);
            if (locked(() -> doublesPages)) {
                events.onNext(response);
            }
        }

        void caughtUp() {
            events.onNext(SubscribeResponse.newBuilder()
                    .setCaughtUp(SubscribeResponse.SubscribeCaughtUp.getDefaultInstance())
                    .build());
        }

        void hint(String conversation) {
            events.onNext(SubscribeResponse.newBuilder()
                    .setHint(SubscribeResponse.Hint.newBuilder().addConversationIds(conversation))
                    .build());
        }

        void end(Status.Code code, String reason) {
            events.onError(ScriptedServer.failure(code, reason, null));
        }

        String awaitAck() throws InterruptedException {
            String ack = acks.poll(10, TimeUnit.SECONDS);
            if (ack == null) {
                throw new AssertionError("No acknowledgement came");
            }
            return ack;
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }

    /** Waits for a call of a method; passes over others. */
    void awaitCall(String method) throws InterruptedException {
        for (String call = ""; !call.equals(method); ) {
            call = calls.poll(10, TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("No call of " + method + " came");
            }
        }
    }

    Subscription awaitSubscription() throws InterruptedException {
        Subscription subscription = subscriptions.poll(10, TimeUnit.SECONDS);
        if (subscription == null) {
            throw new AssertionError("No subscription came");
        }
        return subscription;
    }

    private final class Callers implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            calls.add(call.getMethodDescriptor().getBareMethodName());
            String token = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            tokensOfCallers.add(String.valueOf(token));
            return next.startCall(call, headers);
        }
    }

    private static <A> void answer(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    private SendResponse send(SendRequest request) {
        return locked(() -> {
            String id = request.getMessage().getClientMessageId();
            Message known = conversations.getOrDefault(request.getConversationId(), List.of()).stream()
                    .filter(message -> message.getClientMessageId().equals(id))
                    .findFirst()
                    .orElse(null);
            Message stored = known != null
                    ? known
                    : append(message(
                            request.getConversationId(),
                            request.getSender(),
                            request.getMessage().getPayload().toStringUtf8(),
                            id,
                            request.getMessage().getKind()));
            return SendResponse.newBuilder()
                    .setMessageId(stored.getMessageId())
                    .setSeq(stored.getSeq())
                    .setServerTime(stored.getServerTime())
                    .setRepeated(known != null)
                    .build();
        });
    }

    private final class Messages extends MessageServiceGrpc.MessageServiceImplBase {
        @Override
        public void send(SendRequest request, StreamObserver<SendResponse> observer) {
            if (locked(() -> holdsSends && heldSends.add(observer))) {
                return;
            }
            Status failure = locked(() -> sendFailures.isEmpty()
                    ? failingConversations.get(request.getConversationId())
                    : sendFailures.poll());
            if (failure != null) {
                observer.onError(ScriptedServer.failure(failure.getCode(), failure.getDescription(), null));
                return;
            }
            SendResponse response = FakeMessaging.this.send(request);
            if (locked(() -> lostSendAnswers-- > 0)) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                answer(observer, response);
            }
        }

        @Override
        public StreamObserver<SendStreamRequest> sendStream(StreamObserver<SendStreamResponse> observer) {
            return new StreamObserver<>() {
                private long index;

                @Override
                public void onNext(SendStreamRequest request) {
                    SendResponse receipt = FakeMessaging.this.send(SendRequest.newBuilder()
                            .setConversationId(request.getConversationId())
                            .setSender(request.getSender())
                            .setMessage(request.getMessage())
                            .build());
                    if (locked(() -> lostSendAnswers-- > 0)) {
                        observer.onError(Status.UNAVAILABLE.asRuntimeException());
                        return;
                    }
                    observer.onNext(SendStreamResponse.newBuilder()
                            .setRequestIndex(index++)
                            .setClientMessageId(request.getMessage().getClientMessageId())
                            .setReceipt(receipt)
                            .build());
                }

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }

        @Override
        public void listMessages(ListMessagesRequest request, StreamObserver<ListMessagesResponse> observer) {
            Status failure = locked(listFailures::poll);
            if (failure != null) {
                observer.onError(ScriptedServer.failure(failure.getCode(), failure.getDescription(), null));
                return;
            }
            answer(observer, locked(() -> list(request)));
        }

        private ListMessagesResponse list(ListMessagesRequest request) {
            List<Message> messages = conversations.get(request.getConversationId());
            long from = request.getFromSeq();
            long to = Math.min(messages.size(), request.getToSeq());
            var response = ListMessagesResponse.newBuilder().setLastSeq(messages.size());
            long hidden = hiddenThrough.getOrDefault(request.getConversationId(), 0L);
            if (hidden >= from) {
                response.addGaps(MessageGap.newBuilder()
                        .setFromSeq(from)
                        .setToSeq(Math.min(hidden, to))
                        .setType(MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE));
                from = Math.min(hidden, to) + 1;
            }
            long end = Math.min(to, from + Math.min(pageSize, request.getPageSize()) - 1);
            if (from <= end) {
                response.addAllMessages(readable(request.getConversationId(), from, end));
                response.addAllGaps(gaps(request.getConversationId(), from, end));
            }
            return end < to
                    ? response.setNextPageToken("after " + end)
                            .setStopReason(StopReason.PAGE_FULL)
                            .build()
                    : response.setStopReason(StopReason.RANGE_END).build();
        }
    }

    private final class Syncs extends SyncServiceGrpc.SyncServiceImplBase {
        @Override
        public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> observer) {
            Subscription subscription = new Subscription(observer);
            if (locked(() -> withoutStreams)) {
                subscription.refuse();
            }
            return subscription;
        }

        @Override
        public void setCheckpoints(SetCheckpointsRequest request, StreamObserver<SetCheckpointsResponse> observer) {
            if (raised(request.getDevice(), request.getCheckpointsList(), observer)) {
                answer(observer, SetCheckpointsResponse.getDefaultInstance());
            }
        }

        private boolean raised(String device, List<Checkpoint> told, StreamObserver<?> observer) {
            if (told.size() > 1_000) {
                observer.onError(ScriptedServer.failure(Status.Code.INVALID_ARGUMENT, "INVALID_REQUEST", null));
                return false;
            }
            for (Checkpoint one : told) {
                if (locked(() -> !conversations.containsKey(one.getConversationId()))) {
                    observer.onError(ScriptedServer.refusal(
                            Status.Code.PERMISSION_DENIED,
                            "NOT_MEMBER",
                            Map.of("conversation_id", one.getConversationId())));
                    return false;
                }
                if (locked(() -> one.getSeq()
                        > conversations.get(one.getConversationId()).size())) {
                    observer.onError(ScriptedServer.refusal(
                            Status.Code.OUT_OF_RANGE,
                            "CHECKPOINT_BEYOND_HEAD",
                            Map.of("conversation_id", one.getConversationId())));
                    return false;
                }
            }
            told.forEach(one -> locked(() -> {
                raise(device, one.getConversationId() + "=" + one.getSeq() + ",");
                return true;
            }));
            return true;
        }

        @Override
        public void sync(SyncRequest request, StreamObserver<SyncResponse> observer) {
            if (!raised(request.getDevice(), request.getCheckpointsList(), observer)) {
                return;
            }
            locked(() -> {
                raise(request.getDevice(), request.getAck());
                return true;
            });
            answer(observer, page(request.getDevice(), new HashMap<>(), request.getLatest()));
        }

        @Override
        public void forgetDevice(ForgetDeviceRequest request, StreamObserver<ForgetDeviceResponse> observer) {
            boolean existed = locked(() -> !forgetsNothing && checkpoints.remove(request.getDevice()) != null);
            answer(
                    observer,
                    ForgetDeviceResponse.newBuilder().setExisted(existed).build());
        }

        @Override
        public void getUnread(GetUnreadRequest request, StreamObserver<GetUnreadResponse> observer) {
            answer(observer, locked(() -> {
                var response = GetUnreadResponse.newBuilder();
                conversations.keySet().stream()
                        .filter(id -> request.getConversationId().isEmpty()
                                || request.getConversationId().equals(id))
                        .map(FakeMessaging.this::unread)
                        .filter(unread -> unread.getUnread() > 0
                                || !request.getConversationId().isEmpty())
                        .forEach(response::addConversations);
                return response.build();
            }));
        }

        @Override
        public void markRead(MarkReadRequest request, StreamObserver<ConversationUnread> observer) {
            answer(observer, locked(() -> {
                readMarks.merge(request.getConversationId(), request.getSeq(), Math::max);
                personalMarks.merge(request.getConversationId(), request.getPersonalSeq(), Math::max);
                marksTaken.add(request.getConversationId() + " " + request.getSeq() + " " + request.getPersonalSeq());
                return unread(request.getConversationId());
            }));
        }

        @Override
        public void pollConsumer(PollConsumerRequest request, StreamObserver<PollConsumerResponse> observer) {
            Status failure = locked(pollFailures::poll);
            if (failure != null) {
                observer.onError(failure.asRuntimeException());
                return;
            }
            answer(observer, locked(() -> {
                var response = PollConsumerResponse.newBuilder();
                conversations.forEach((id, messages) -> {
                    if (committed.getOrDefault(id, 0L) > messages.size()) {
                        response.addBeyondHead(ConsumerBeyondHead.newBuilder()
                                .setTimeline(TimelineName.newBuilder().setId(id))
                                .setCommittedSeq(committed.get(id))
                                .setLastSeq(messages.size()));
                    }
                    var batch = ConsumerBatch.newBuilder()
                            .setConversationId(id)
                            .setTimeline(TimelineName.newBuilder().setId(id));
                    messages.stream()
                            .filter(message -> message.getSeq() > committed.getOrDefault(id, 0L))
                            .forEach(message -> batch.addEntries(
                                    Entry.newBuilder().setSeq(message.getSeq()).setPayload(message.getPayload())));
                    if (batch.getEntriesCount() > 0) {
                        response.addBatches(batch);
                    }
                });
                return response.build();
            }));
        }

        @Override
        public void commitConsumer(CommitConsumerRequest request, StreamObserver<CommitConsumerResponse> observer) {
            locked(() -> {
                request.getTimelinesList()
                        .forEach(one -> committed.merge(one.getTimeline().getId(), one.getSeq(), Math::max));
                return true;
            });
            answer(observer, CommitConsumerResponse.getDefaultInstance());
        }
    }
}
