package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResponse;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.DescribeTimelineRequest;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.GetRequest;
import io.tideline.api.v1.GetResponse;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.HeadsResponse;
import io.tideline.api.v1.ListTimelinesRequest;
import io.tideline.api.v1.ListTimelinesResponse;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineDescription;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.api.v1.UpdateTimelineRequest;
import io.tideline.api.v1.WatchRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Calls a Tideline server. Make one per process and share it: it is safe for use by many threads.
 *
 * <p>Every method returns at once. Futures fail with {@link TidelineCallException} only and are completed on a transport
 * thread, so dependent stages must not block. Failures that a repeat can heal are repeated for
 * {@link TidelineClientConfig#retryFor()}; a server that restarts is a pause. Cancelling a future stops further repeats
 * but does not recall what was sent.
 */
public final class TidelineClient implements AutoCloseable {
    private static final int DEFAULT_WINDOW = 1_024;

    private final CallContext context;
    private final ClientMessageIds ids;

    TidelineClient(CallContext context, ClientMessageIds ids) {
        this.context = context;
        this.ids = ids;
    }

    /** Connects with the first call, not here: a server that is down shows as a call that waits. */
    public static TidelineClient connect(TidelineClientConfig config) {
        ClientTimer timer = new SystemTimer();
        Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
        OpenCalls openCalls = new OpenCalls(config.maxPending());
        Channels channels = Channels.open(config, timer);
        return new TidelineClient(
                new CallContext(config, channels, timer, backoff, openCalls), ClientMessageIds.random());
    }

    /**
     * Appends to one timeline: all entries in this order, or none. Entries without a client message id get one here,
     * once: a repeat is recognised by the server and stored only once.
     *
     * @return one receipt per entry, in order
     */
    public CompletableFuture<List<Receipt>> append(TimelineName timeline, List<NewEntry> entries) {
        return always(
                TimelineServiceGrpc.getAppendMethod(), ids.request(timeline, entries), AppendResponse::getReceiptsList);
    }

    /**
     * Appends to many timelines. Only what failed retryably is sent again; what still fails at the end is a result with
     * an error. The future fails only when no item got any answer.
     *
     * @return one result per item, in order
     */
    public CompletableFuture<BatchAppendResponse> batchAppend(List<AppendRequest> items) {
        return BatchCall.start(context, items.stream().map(ids::identified).toList());
    }

    /** The fast road for back ends, with a window of 1,024 unacknowledged entries. */
    public AppendStream openAppendStream() {
        return openAppendStream(DEFAULT_WINDOW);
    }

    /**
     * The fast road with a window of one's own.
     *
     * @param window unacknowledged entries up to which the stream is ready, 1 or more
     */
    public AppendStream openAppendStream(int window) {
        return AppendStream.open(context, ids, window);
    }

    /** Reads one page. */
    public CompletableFuture<ReadResponse> read(ReadRequest request) {
        return always(TimelineServiceGrpc.getReadMethod(), request, Function.identity());
    }

    /** Walks a range entry by entry, blocking for each page: for tools and tests. */
    public EntryCursor readAll(ReadRequest request, Consumer<Gap> gaps) {
        return new EntryCursor(this::read, request, gaps);
    }

    public CompletableFuture<Entry> get(GetRequest request) {
        return always(TimelineServiceGrpc.getGetMethod(), request, GetResponse::getEntry);
    }

    public CompletableFuture<HeadsResponse> heads(HeadsRequest request) {
        return always(TimelineServiceGrpc.getHeadsMethod(), request, Function.identity());
    }

    /** Follows a timeline until {@link Watcher#close}; events come one at a time, on a thread of the transport. */
    public Watcher watch(WatchRequest request, WatchEvents events) {
        return watch(request, events, Runnable::run);
    }

    /** Follows a timeline until {@link Watcher#close}; events come one at a time, on the executor, and may block it. */
    public Watcher watch(WatchRequest request, WatchEvents events, Executor executor) {
        return Watcher.open(context, request, events, executor);
    }

    /** Not repeated when the outcome is unknown: the repeat would find the timeline it had made itself. */
    public CompletableFuture<TimelineDescription> createTimeline(CreateTimelineRequest request) {
        return context.unary(
                TimelineServiceGrpc.getCreateTimelineMethod(), request, Repeat.WHEN_NOTHING_DONE, Function.identity());
    }

    /** Not repeated when the outcome is unknown: somebody else may have changed the attributes since. */
    public CompletableFuture<TimelineDescription> updateTimeline(UpdateTimelineRequest request) {
        return context.unary(
                TimelineServiceGrpc.getUpdateTimelineMethod(), request, Repeat.WHEN_NOTHING_DONE, Function.identity());
    }

    public CompletableFuture<TimelineDescription> describeTimeline(DescribeTimelineRequest request) {
        return always(TimelineServiceGrpc.getDescribeTimelineMethod(), request, Function.identity());
    }

    /** Reads one page of an app's timelines. */
    public CompletableFuture<ListTimelinesResponse> listTimelines(ListTimelinesRequest request) {
        return always(TimelineServiceGrpc.getListTimelinesMethod(), request, Function.identity());
    }

    /** The calls that operators need, over the same connections. */
    public OperatorClient operator() {
        return new OperatorClient(context);
    }

    /** Finds messages in histories. */
    public HistoryClient history() {
        return new HistoryClient(context);
    }

    /** Finds messages, conversations and members. */
    public SearchClient search() {
        return new SearchClient(context);
    }

    /** Starts and follows long-running operations. */
    public OperationsClient operations() {
        return new OperationsClient(context);
    }

    /** Starts work on the archive's files. */
    public ArchiveClient archive() {
        return new ArchiveClient(context);
    }

    /** Conversations, messages and devices, over the same connections. */
    public MessagingClient messaging() {
        return new MessagingClient(context, ids);
    }

    /** Calls in flight or waiting for a retry; streams and watchers do not count. */
    public int pendingCalls() {
        return context.openCalls().pending();
    }

    /**
     * Ends streams and watchers and fails what is pending with {@code CLIENT_CLOSED}: wait for your futures first. Waits
     * a few seconds at most for the transport, so do not call it from a callback.
     */
    @Override
    public void close() {
        context.openCalls().close();
        context.timer().close();
        context.channels().close();
    }

    private <Q, A, R> CompletableFuture<R> always(MethodDescriptor<Q, A> method, Q request, Function<A, R> reading) {
        return context.unary(method, request, Repeat.ALWAYS, reading);
    }
}
