package io.tideline.sync.device;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import io.tideline.sync.internal.Gate;
import io.tideline.sync.unread.UnreadCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps devices in step. A device asks, stores the page, and asks again acknowledging it; what it never acknowledged comes
 * again. Per conversation the pages are contiguous, from its checkpoint on, so that nothing is lost or doubled whatever
 * becomes of requests, of this process, or of the conversation's diffusion.
 *
 * <p>Futures complete on threads of the stores and fail (deferred) as theirs do.
 */
public final class SyncService implements AutoCloseable {
    /** How often a user may be dropped from memory under a sync that is looking at him. */
    private static final int MAX_TRIES = 5;

    /**
     * How often in a row nothing may come of a look, neither something to deliver nor anything that is settled. It happens
     * when what is looked at moves again meanwhile; not that often.
     */
    private static final int MAX_LOOKS_IN_VAIN = 10;

    private static final int FORGOTTEN_AT_ONCE = 16;

    private final SyncPorts ports;
    private final CheckpointStore checkpoints;
    private final DeviceRegistry devices;
    private final SyncTokens tokens;
    private final WarmUsers warm;
    private final MovedFinder finder;
    private final PageBuilder pages;
    private final Gate loads;
    private final Meter synced;
    private final Meter looked;
    private final Map<Device, DeviceCursor> cursors = new ConcurrentHashMap<>();
    private volatile Consumer<Device> onOpened = device -> {};
    private final Runnable unlisten;

    /** A service where inboxes hold what the storage keeps, see the other constructor. */
    public SyncService(
            SyncPorts ports, SyncConfig config, InstantSource clock, RandomGenerator secrets, MetricRegistry metrics) {
        this(ports, config, app -> Optional.empty(), clock, secrets, metrics);
    }

    /**
     * A service.
     *
     * @param inboxTimeToLive per app, when less than the storage keeps: what is older counts as expired
     * @param secrets makes the secret that tokens are signed with, and stamps: a secure one
     */
    public SyncService(
            SyncPorts ports,
            SyncConfig config,
            Function<AppId, Optional<Duration>> inboxTimeToLive,
            InstantSource clock,
            RandomGenerator secrets,
            MetricRegistry metrics) {
        this.ports = ports;
        this.checkpoints = new CheckpointStore(ports.records());
        this.devices = new DeviceRegistry(ports.records(), config, clock, secrets);
        this.tokens = new SyncTokens(ports.records(), secrets);
        this.warm = new WarmUsers(config.maxWarmPairs());
        this.loads = new Gate(config.loads());
        Function<AppId, Instant> inboxesFrom =
                app -> inboxTimeToLive.apply(app).map(clock.instant()::minus).orElse(Instant.EPOCH);
        this.finder = new MovedFinder(
                ports.store(), warm, new UserList(ports.records()), checkpoints, config, inboxesFrom, metrics);
        ConversationReader reader = new ConversationReader(ports.store(), ports.records(), new MessageCodec());
        this.pages = new PageBuilder(ports, new RangeReader(reader), new UnreadCounts(ports), config.readsInFlight());
        this.synced = metrics.meter("sync.pages");
        this.looked = metrics.meter("sync.conversations.looked.at");
        metrics.gauge("sync.warm.pairs", () -> (Gauge<Integer>) warm::pairs);
        this.unlisten = ports.feed().listen(warm);
    }

    /** What was found out about a request before anything is changed. */
    private record Admitted(DeviceRegistry.Known device, List<Checkpoint> acknowledged, SequenceId inboxThrough) {
        long generation() {
            return device.generation();
        }
    }

    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        private RefusedException(Refusal refusal) {
            super("refused", null, false, false);
            this.refusal = refusal;
        }
    }

    private static <T> CompletableFuture<T> refuse(Refusal refusal) {
        return CompletableFuture.failedFuture(new RefusedException(refusal));
    }

    /** One page of what the device has not got. A device that is not known is registered. */
    public CompletableFuture<SyncOutcome> sync(SyncRequest request, Deadline deadline) {
        CompletableFuture<Void> barrier = Flow.call(() -> ports.feed().barrier(deadline));
        return admit(request, deadline)
                .thenCompose(admitted -> acknowledge(request.device(), admitted, deadline)
                        .thenCompose(done -> page(request, admitted.generation(), barrier, deadline)))
                .<SyncOutcome>thenApply(SyncOutcome.Synced::new)
                .exceptionallyCompose(failure -> Flow.unwrap(failure) instanceof RefusedException refused
                        ? CompletableFuture.completedFuture(new SyncOutcome.Refused(refused.refusal))
                        : CompletableFuture.failedFuture(Flow.unwrap(failure)));
    }

    private CompletableFuture<Admitted> admit(SyncRequest request, Deadline deadline) {
        // What the device has acknowledged on a stream here, and what is kept in memory for a while, must not come
        // again.
        @Nullable DeviceCursor streaming = cursors.get(request.device());
        return streaming == null
                ? admitSettled(request, deadline)
                : streaming.store(deadline).thenCompose(done -> admitSettled(request, deadline));
    }

    private CompletableFuture<Admitted> admitSettled(SyncRequest request, Deadline deadline) {
        Device device = request.device();
        CompletableFuture<Optional<SyncCodec.Token>> ack = request.ack()
                .map(token -> tokens.read(device, token, deadline))
                .orElse(CompletableFuture.completedFuture(Optional.empty()));
        return Flow.combine(ack, devices.seen(device, deadline), (token, known) -> {
            if (request.ack().isPresent() && token.isEmpty()) {
                return SyncService.<Admitted>refuse(new Refusal.InvalidToken());
            }
            if (token.isPresent()) {
                return known.isPresent()
                                && known.get().generation() == token.get().generation()
                        ? admitted(request, known.get(), token, deadline)
                        : SyncService.<Admitted>refuse(new Refusal.ForgottenDevice());
            }
            return known.isPresent()
                    ? admitted(request, known.get(), token, deadline)
                    : checkAll(device, request.checkpoints(), deadline)
                            .thenCompose(done -> register(device, deadline))
                            .thenApply(registered -> new Admitted(registered, request.checkpoints(), SequenceId.NONE));
        });
    }

    private CompletableFuture<Admitted> admitted(
            SyncRequest request, DeviceRegistry.Known known, Optional<SyncCodec.Token> token, Deadline deadline) {
        List<Checkpoint> all = new ArrayList<>(request.checkpoints());
        token.ifPresent(t -> t.delivered()
                .forEach(part -> all.add(new Checkpoint(part.conversation(), part.through(), part.personalThrough()))));
        SequenceId inbox = token.map(SyncCodec.Token::inboxThrough).orElse(SequenceId.NONE);
        return checkAll(request.device(), request.checkpoints(), deadline)
                .thenApply(done -> new Admitted(known, all, inbox));
    }

    private CompletableFuture<DeviceRegistry.Known> register(Device device, Deadline deadline) {
        return devices.register(device, deadline)
                .thenCompose(registered -> registered.isPresent()
                        ? CompletableFuture.completedFuture(registered.get())
                        : refuse(new Refusal.TooManyDevices(devices.most())));
    }

    /** Explicit checkpoints come from outside: they must be of the user's conversations, and not beyond their heads. */
    private CompletableFuture<Void> checkAll(Device device, List<Checkpoint> given, Deadline deadline) {
        if (given.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<HeadQuery> queries = new ArrayList<>();
        List<RecordKey> members = new ArrayList<>();
        for (Checkpoint checkpoint : given) {
            ConversationId id = checkpoint.conversation();
            queries.add(HeadQuery.of(id.timeline(device.app())));
            queries.add(HeadQuery.of(id.personalTimeline(device.app(), device.user())));
            members.add(memberKey(device, id));
        }
        return ports.store()
                .heads(queries, deadline)
                .thenCombine(ports.records().get(members, deadline), (h, m) -> {
                    given.forEach(checkpoint -> check(device, checkpoint, h, m));
                    return null;
                });
    }

    private static RecordKey memberKey(Device device, ConversationId id) {
        return RecordKey.of(
                id.timeline(device.app()),
                RecordKind.MEMBER,
                KeyPart.of(device.user().value()));
    }

    private static void check(
            Device device, Checkpoint checkpoint, Map<TimelineId, Head> heads, Map<RecordKey, TimelineRecord> members) {
        ConversationId id = checkpoint.conversation();
        if (!members.containsKey(memberKey(device, id))) {
            throw new RefusedException(new Refusal.NotInConversation(id));
        }
        SequenceId head =
                heads.getOrDefault(id.timeline(device.app()), Head.EMPTY).last();
        if (checkpoint.through().isAfter(head)) {
            throw new RefusedException(new Refusal.BeyondHead(id, false, head));
        }
        SequenceId personal = heads.getOrDefault(id.personalTimeline(device.app(), device.user()), Head.EMPTY)
                .last();
        if (checkpoint.personalThrough().isAfter(personal)) {
            throw new RefusedException(new Refusal.BeyondHead(id, true, personal));
        }
    }

    private CompletableFuture<Void> acknowledge(Device device, Admitted admitted, Deadline deadline) {
        return acknowledge(device, admitted.generation(), admitted.inboxThrough(), admitted.acknowledged(), deadline);
    }

    private CompletableFuture<Void> acknowledge(
            Device device, long generation, SequenceId inboxThrough, List<Checkpoint> acknowledged, Deadline deadline) {
        return checkpoints
                .raise(device, generation, inboxThrough, acknowledged, deadline)
                .thenAccept(done -> warm.acknowledged(
                        device.user().inbox(device.app()),
                        device.id(),
                        generation,
                        acknowledged,
                        !inboxThrough.isNone()));
    }

    private CompletableFuture<SyncPage> page(
            SyncRequest request, long generation, CompletableFuture<Void> barrier, Deadline deadline) {
        AtomicReference<Optional<SyncPage>> page = new AtomicReference<>(Optional.empty());
        int[] tries = {0};
        return Flow.repeat(() -> {
                    if (tries[0]++ == MAX_TRIES) {
                        throw new OverloadedException("too many users for the memory of sync", Map.of(), null);
                    }
                    return finder.find(request.device(), generation, barrier, deadline)
                            .thenCompose(found -> pageOf(request, generation, found, deadline))
                            .thenApply(made -> {
                                page.set(made);
                                return made.isEmpty();
                            });
                })
                .thenApply(done -> page.get().orElseThrow());
    }

    /** Looks at what is pending until there is something to deliver, or nothing left; empty when the user was dropped. */
    private CompletableFuture<Optional<SyncPage>> pageOf(
            SyncRequest request, long generation, MovedFinder.Found found, Deadline deadline) {
        AtomicReference<Optional<SyncPage>> page = new AtomicReference<>(Optional.empty());
        int[] inVain = {0};
        return Flow.repeat(() -> {
                    Optional<WarmUsers.Picked> picked = warm.pick(
                            found.user(), found.state(), request.limits().maxConversations());
                    if (picked.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    looked.mark(picked.get().pending().size());
                    return pages.build(request, generation, picked.get(), deadline)
                            .thenCompose(built -> {
                                boolean settled = warm.looked(found.state(), built.ends(), built.settled());
                                boolean all = picked.get().all() && built.complete();
                                if (built.conversations().isEmpty() && !all) {
                                    inVain[0] = settled ? 0 : inVain[0] + 1;
                                    if (inVain[0] == MAX_LOOKS_IN_VAIN) {
                                        throw new OverloadedException(
                                                "what is pending neither comes nor settles", Map.of(), null);
                                    }
                                    return CompletableFuture.completedFuture(true);
                                }
                                return seal(request.device(), generation, picked.get(), built, all, deadline)
                                        .thenApply(made -> {
                                            page.set(Optional.of(made));
                                            return false;
                                        });
                            });
                })
                .thenApply(done -> page.get());
    }

    /** @param all whether the device has everything that the inbox announced, once it has this page */
    private CompletableFuture<SyncPage> seal(
            Device device,
            long generation,
            WarmUsers.Picked picked,
            PageBuilder.Built built,
            boolean all,
            Deadline deadline) {
        synced.mark();
        List<SyncCodec.Delivered> delivered = built.conversations().stream()
                .filter(c -> c.stop() != RangeStop.BEYOND_HEAD)
                .map(c -> new SyncCodec.Delivered(c.conversation(), c.through(), c.personalThrough()))
                .toList();
        SequenceId inboxThrough = all ? picked.inboxThrough() : SequenceId.NONE;
        return tokens.make(device, new SyncCodec.Token(generation, inboxThrough, delivered), deadline)
                .thenApply(next -> new SyncPage(built.conversations(), picked.rebuild(), next, !all));
    }

    /** Raises a known device's checkpoints, all of them or none. At most {@value SyncRequest#MAX_CHECKPOINTS}. */
    public CompletableFuture<CheckpointOutcome> raiseCheckpoints(
            Device device, List<Checkpoint> given, Deadline deadline) {
        if (given.size() > SyncRequest.MAX_CHECKPOINTS) {
            throw new IllegalArgumentException(
                    "checkpoints: " + given.size() + " (expected: 0.." + SyncRequest.MAX_CHECKPOINTS + ")");
        }
        return devices.generation(device, deadline)
                .thenCompose(generation -> generation.isEmpty()
                        ? SyncService.<Void>refuse(new Refusal.UnknownDevice())
                        : checkAll(device, given, deadline)
                                .thenCompose(done -> acknowledge(
                                        device, generation.getAsLong(), SequenceId.NONE, List.copyOf(given), deadline)))
                .<CheckpointOutcome>thenApply(done -> new CheckpointOutcome.Raised())
                .exceptionallyCompose(failure -> Flow.unwrap(failure) instanceof RefusedException refused
                        ? CompletableFuture.completedFuture(new CheckpointOutcome.Refused(refused.refusal))
                        : CompletableFuture.failedFuture(Flow.unwrap(failure)));
    }

    /**
     * One page of what is stored for a device, in a stable order; nothing when it is not known.
     *
     * @param max 1 to 5000
     */
    public CompletableFuture<CheckpointPage> checkpoints(
            Device device, Optional<ConversationId> after, int max, Deadline deadline) {
        if (max < 1 || max > 5000) {
            throw new IllegalArgumentException("max: " + max + " (expected: 1..5000)");
        }
        TimelineId inbox = device.user().inbox(device.app());
        RecordScan all = RecordScan.all(inbox, max, RecordKind.USER_CONVERSATION);
        RecordScan scan = after.map(id -> RecordKey.of(inbox, RecordKind.USER_CONVERSATION, KeyPart.of(id.value())))
                .map(all::withAfter)
                .orElse(all);
        return devices.generation(device, deadline)
                .thenCompose(generation -> generation.isEmpty()
                        ? CompletableFuture.completedFuture(
                                new CheckpointPage(SequenceId.NONE, List.of(), Optional.empty()))
                        : ports.records()
                                .scan(scan, deadline)
                                .thenCompose(page -> describe(device, generation, page, deadline)));
    }

    private CompletableFuture<CheckpointPage> describe(
            Device device, OptionalLong generation, RecordPage page, Deadline deadline) {
        List<ConversationId> ids = page.records().stream()
                .map(record -> new ConversationId(record.key().text(0)))
                .toList();
        return checkpoints.get(device, generation.orElse(0), ids, deadline).thenApply(stored -> {
            List<Checkpoint> described = ids.stream()
                    .map(id -> new Checkpoint(id, stored.of(id), stored.ofPersonal(id)))
                    .toList();
            Optional<ConversationId> next =
                    page.complete() || ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(ids.size() - 1));
            return new CheckpointPage(stored.inbox(), described, next);
        });
    }

    /** The user's devices, in the order of their names. */
    public CompletableFuture<List<DeviceDescription>> devices(AppId app, UserId user, Deadline deadline) {
        return devices.devices(app, user, deadline);
    }

    /**
     * Forgets a device and its checkpoints, and ends its stream if it has one here; false when there was none. It may come
     * back, and then begins anew.
     */
    public CompletableFuture<Boolean> forget(Device device, Deadline deadline) {
        return devices.forget(device, deadline).thenCompose(generation -> {
            if (generation.isEmpty()) {
                return CompletableFuture.completedFuture(false);
            }
            return removeForgotten(device, generation.getAsLong(), deadline).thenApply(done -> true);
        });
    }

    /** Removes what there is of a generation, once nothing can be added to it from here. */
    private CompletableFuture<Void> removeForgotten(Device device, long generation, Deadline deadline) {
        warm.forget(device.user().inbox(device.app()), device.id());
        @Nullable DeviceCursor streaming = cursors.get(device);
        CompletableFuture<Void> quiet = streaming != null && streaming.generation() == generation
                ? streaming.forget()
                : CompletableFuture.completedFuture(null);
        return quiet.thenCompose(done -> checkpoints.remove(device, generation, deadline));
    }

    /**
     * Ends the streams here of devices that were forgotten elsewhere, or have a newer stream elsewhere, by one look at all
     * of them, and removes what was stored for the forgotten ones after that.
     */
    public CompletableFuture<Void> endOutdated(Deadline deadline) {
        return endOutdatedOf(List.copyOf(cursors.values()), deadline);
    }

    /** The same of those of these devices that have a stream here. */
    public CompletableFuture<Void> endOutdated(Collection<Device> some, Deadline deadline) {
        return endOutdatedOf(
                some.stream().map(cursors::get).filter(Objects::nonNull).toList(), deadline);
    }

    private CompletableFuture<Void> endOutdatedOf(List<DeviceCursor> streams, Deadline deadline) {
        List<DeviceCursor> open = streams.stream()
                .filter(cursor -> !cursor.isForgotten() && !cursor.isReplaced())
                .toList();
        return devices.states(open.stream().map(DeviceCursor::device).toList(), deadline)
                .thenCompose(current -> {
                    List<DeviceCursor> forgotten = new ArrayList<>();
                    for (DeviceCursor cursor : open) {
                        SyncCodec.@Nullable DeviceState state = current.get(cursor.device());
                        if (state == null || state.generation() != cursor.generation()) {
                            forgotten.add(cursor);
                        } else if (state.newest().replaces(cursor.number(), cursor.origin())) {
                            cursor.replace();
                        }
                    }
                    return Flow.forEach(
                            forgotten,
                            FORGOTTEN_AT_ONCE,
                            cursor -> removeForgotten(cursor.device(), cursor.generation(), deadline));
                });
    }

    /** What opens streams passes here; a stream that has to find out what it missed does by itself. */
    public Gate loads() {
        return loads;
    }

    /**
     * Opens a stream of pages for a device, which is registered when it is not known, and makes it the device's newest:
     * {@link #endOutdated} ends the others, on other servers too. Nothing is read yet. Of one device one is opened at a
     * time here.
     *
     * @param recent serves the newest messages without reading them for each device; may know nothing
     * @param wake run, on any thread, when there may be a page; must not block
     * @param wanted whether there still is somebody to open it for: asked around the write that makes it the newest, since
     *     the device may be on another server by then
     */
    public CompletableFuture<CursorOutcome> open(
            SyncRequest request,
            RecentSource recent,
            Runnable wake,
            BooleanSupplier wanted,
            Supplier<Deadline> deadlines) {
        Device device = request.device();
        Deadline deadline = deadlines.get();
        return admit(request, deadline)
                .thenCompose(admitted -> acknowledge(device, admitted, deadline)
                        .thenCompose(done -> number(request, admitted, wanted, deadline))
                        .<CursorOutcome>thenApply(number -> number.isPresent()
                                ? opened(new DeviceCursor(
                                        request,
                                        admitted.generation(),
                                        number.getAsLong(),
                                        cursorServices(recent, deadlines),
                                        wake))
                                : new CursorOutcome.Unwanted()))
                .exceptionallyCompose(failure -> Flow.unwrap(failure) instanceof RefusedException refused
                        ? CompletableFuture.completedFuture(new CursorOutcome.Refused(refused.refusal))
                        : CompletableFuture.failedFuture(Flow.unwrap(failure)));
    }

    /** The number of a new stream; empty when nobody wants one. */
    private CompletableFuture<OptionalLong> number(
            SyncRequest request, Admitted admitted, BooleanSupplier wanted, Deadline deadline) {
        Device device = request.device();
        if (!wanted.getAsBoolean()) {
            return CompletableFuture.completedFuture(OptionalLong.empty());
        }
        return devices.number(device, request.origin(), admitted.device(), deadline)
                .thenCompose(numbered -> {
                    if (numbered.isEmpty()) {
                        return refuse(new Refusal.ForgottenDevice());
                    }
                    return wanted.getAsBoolean()
                            ? CompletableFuture.completedFuture(
                                    OptionalLong.of(numbered.get().number()))
                            : devices.giveBack(device, numbered.get(), deadline)
                                    .handle((done, failure) -> OptionalLong.empty());
                });
    }

    private CursorOutcome opened(DeviceCursor cursor) {
        cursors.put(cursor.device(), cursor);
        onOpened.accept(cursor.device());
        return new CursorOutcome.Opened(cursor);
    }

    private DeviceCursor.Services cursorServices(RecentSource recent, Supplier<Deadline> deadlines) {
        return new DeviceCursor.Services(
                finder,
                warm,
                pages,
                tokens,
                recent,
                loads,
                deadlines,
                this::acknowledge,
                cursor -> cursors.remove(cursor.device(), cursor));
    }

    /**
     * Stores what a page delivered that a device has stored, as the next {@link #sync} would.
     *
     * @return empty when that was done
     */
    public CompletableFuture<Optional<Refusal>> acknowledge(Device device, String token, Deadline deadline) {
        return admit(SyncRequest.of(device, SyncLimits.DEFAULT).withAck(token), deadline)
                .thenCompose(admitted -> acknowledge(device, admitted, deadline))
                .thenApply(done -> Optional.<Refusal>empty())
                .exceptionallyCompose(failure -> Flow.unwrap(failure) instanceof RefusedException refused
                        ? CompletableFuture.completedFuture(Optional.of(refused.refusal))
                        : CompletableFuture.failedFuture(Flow.unwrap(failure)));
    }

    /** Takes changes from elsewhere than the feed, which has them later: appends of this process, hints of others. */
    public ChangeListener hints() {
        return warm;
    }

    /** Who is told, on a thread of the store, of each device that has a new stream here; must not block. */
    public void onOpened(Consumer<Device> listener) {
        onOpened = listener;
    }

    /** Who wakes cursors when something moves. */
    public void onMove(MoveListener listener) {
        warm.onMove(listener);
    }

    /** Stops listening. Syncs under way come to their end. */
    @Override
    public void close() {
        unlisten.run();
    }
}
