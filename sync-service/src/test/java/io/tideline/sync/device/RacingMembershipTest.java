package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.watch.ManualScheduler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members who come and go between the looks at heads and at memberships, which are taken side by side. */
class RacingMembershipTest {
    private static final SyncLimits ALL = new SyncLimits(1000, SyncLimits.MAX_BYTES, 256, 0);
    private static final Device PHONE = new Device(Conversations.APP, Conversations.user("bob"), new DeviceId("phone"));

    private final Conversations world = new Conversations();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FanoutWorker worker = new FanoutWorker(
            world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
    /** When the look may be taken. */
    private CompletableFuture<Void> headsLook = CompletableFuture.completedFuture(null);

    private CompletableFuture<Void> membersLook = CompletableFuture.completedFuture(null);

    private final SyncService service = new SyncService(
            new SyncPorts(
                    port(TimelineStore.class, world.store),
                    port(RecordStore.class, world.store),
                    world.store,
                    world.store,
                    world.store),
            SyncConfig.DEFAULT,
            world::now,
            new Random(1),
            new MetricRegistry());
    private final ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
    private String token;

    private <T> T port(Class<T> port, T real) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, args) -> {
            CompletableFuture<Void> look = CompletableFuture.completedFuture(null);
            if (method.getName().equals("heads")) {
                look = headsLook;
            } else if (method.getName().equals("get")
                    && ((List<?>) args[0]).stream().anyMatch(RacingMembershipTest::isMember)) {
                look = membersLook;
            }
            return look.isDone()
                    ? method.invoke(real, args)
                    : look.thenCompose(done -> call(() -> method.invoke(real, args)));
        }));
    }

    private static boolean isMember(Object key) {
        return ((RecordKey) key).kind() == RecordKind.MEMBER;
    }

    private interface Call {
        Object make() throws ReflectiveOperationException;
    }

    private static CompletableFuture<?> call(Call call) {
        try {
            return (CompletableFuture<?>) call.make();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("port", e);
        }
    }

    @BeforeEach
    void bobsPhoneHasEverything() {
        worker.due(room.timeline(Conversations.APP));
        scheduler.runDue();
        sync();
        sync();
    }

    private CompletableFuture<SyncPage> begin() {
        SyncRequest request = new SyncRequest(PHONE, Optional.ofNullable(token), List.of(), ALL, false);
        return service.sync(request, Conversations.deadline()).thenApply(outcome -> {
            SyncPage page = ((SyncOutcome.Synced) outcome).page();
            token = page.next();
            return page;
        });
    }

    private SyncPage sync() {
        return begin().join();
    }

    private static List<String> texts(SyncConversation part) {
        return part.messages().stream()
                .filter(message -> message.event().isEmpty())
                .map(message -> message.entry().payload().toUtf8())
                .toList();
    }

    @Test
    void leftSinceTheMembershipWasRead_seesNothingBehindIt() {
        world.send(room, "ann", "before");
        headsLook = new CompletableFuture<>();
        CompletableFuture<SyncPage> page = begin();
        SequenceId left = world.leave(room, "bob");
        world.send(room, "ann", "secret");

        headsLook.complete(null);

        assertThat(page.join().conversations()).singleElement().satisfies(part -> {
            assertThat(texts(part)).containsExactly("before");
            assertThat(part.through()).isEqualTo(left);
            assertThat(part.membership().left()).isEqualTo(left);
        });
        assertThat(page.join().hasMore()).isTrue();
        SyncPage last = sync();
        assertThat(last.conversations()).isEmpty();
        assertThat(last.hasMore()).isFalse();
    }

    @Test
    void joinedAgainSinceTheHeadWasRead_skipsNoMoreThanTheRange() {
        world.leave(room, "bob");
        sync();
        SequenceId missed = world.send(room, "ann", "missed");
        membersLook = new CompletableFuture<>();
        CompletableFuture<SyncPage> page = begin();
        world.send(room, "ann", "missed, too");
        SequenceId joined = world.join(room, "bob");

        membersLook.complete(null);

        assertThat(page.join().conversations()).singleElement().satisfies(part -> {
            assertThat(part.through()).isEqualTo(missed);
            assertThat(part.gaps()).containsExactly(new SyncGap(missed, missed, SyncGap.Type.NOT_FOR_YOU));
        });
        assertThat(sync().conversations()).singleElement().satisfies(part -> {
            assertThat(part.after()).isEqualTo(missed);
            assertThat(part.through()).isEqualTo(joined);
        });
    }

    /** The other device's sync has read of it in the inbox, and told this one's, before this one looks at the head. */
    @Test
    void joinedAgainSinceTheMembershipWasRead_comesAll() {
        Device laptop = new Device(Conversations.APP, Conversations.user("bob"), new DeviceId("laptop"));
        SyncRequest ofLaptop = SyncRequest.of(laptop, ALL);
        service.sync(ofLaptop, Conversations.deadline()).join();
        world.leave(room, "bob");
        sync();
        sync();
        world.send(room, "ann", "missed");
        headsLook = new CompletableFuture<>();
        CompletableFuture<SyncPage> page = begin();
        SequenceId joined = world.join(room, "bob");
        worker.due(room.timeline(Conversations.APP));
        scheduler.runDue();
        CompletableFuture<?> other = service.sync(ofLaptop, Conversations.deadline());

        headsLook.complete(null);

        assertThat(other).isCompleted();
        List<SequenceId> through = new ArrayList<>();
        page.join().conversations().forEach(part -> through.add(part.through()));
        sync().conversations().forEach(part -> through.add(part.through()));
        assertThat(through).endsWith(joined);
    }
}
