package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.message.MessageView;
import io.tideline.sync.Conversations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A device with a store of its own, which loses answers, repeats requests and is offline for long. */
final class SimulatedDevice {
    /** What the device has of one conversation. */
    static final class Local {
        long through;
        long personalThrough;
        final TreeMap<Long, String> messages = new TreeMap<>();
        final List<SyncGap> gaps = new ArrayList<>();
        final List<Long> personal = new ArrayList<>();
    }

    final Device device;
    final Map<ConversationId, Local> conversations = new HashMap<>();
    private final Conversations world;
    private final List<String> tokens = new ArrayList<>();
    private boolean hasMore;

    SimulatedDevice(Conversations world, String user, String id) {
        this.world = world;
        this.device = new Device(Conversations.APP, Conversations.user(user), new DeviceId(id));
    }

    String user() {
        return device.user().value();
    }

    boolean hasMore() {
        return hasMore;
    }

    /** One request, acknowledging the last page, an older one, or none; the answer may be lost. */
    void syncRoughly(SyncService service, SyncLimits limits, RandomGenerator random) {
        Optional<String> ack = Optional.empty();
        if (!tokens.isEmpty()) {
            ack = switch (random.nextInt(5)) {
                case 0 -> Optional.empty();
                case 1 -> Optional.of(tokens.get(random.nextInt(tokens.size())));
                default -> Optional.of(tokens.get(tokens.size() - 1));
            };
        }
        SyncPage page = ask(service, limits, ack);
        if (random.nextInt(4) > 0) {
            take(page);
        }
    }

    void sync(SyncService service, SyncLimits limits) {
        Optional<String> ack = tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.get(tokens.size() - 1));
        take(ask(service, limits, ack));
    }

    private SyncPage ask(SyncService service, SyncLimits limits, Optional<String> ack) {
        SyncRequest request = new SyncRequest(device, ack, List.of(), limits, false);
        SyncOutcome outcome = service.sync(request, Conversations.deadline()).join();
        assertThat(outcome).isInstanceOf(SyncOutcome.Synced.class);
        SyncPage page = ((SyncOutcome.Synced) outcome).page();
        long messages = page.conversations().stream()
                .mapToLong(c -> c.messages().size())
                .sum();
        assertThat(messages).isLessThanOrEqualTo(limits.maxMessages());
        return page;
    }

    private void take(SyncPage page) {
        page.conversations().forEach(this::take);
        tokens.add(page.next());
        hasMore = page.hasMore();
    }

    private void take(SyncConversation page) {
        Local local = conversations.computeIfAbsent(page.conversation(), id -> new Local());
        // The server never skips what the device has not got.
        assertThat(page.after().value()).isLessThanOrEqualTo(local.through);
        long expected = page.after().value() + 1;
        List<SyncGap> gaps = new ArrayList<>(page.gaps());
        for (MessageView message : page.messages()) {
            long seq = message.entry().seq().value();
            if (isPersonal(message)) {
                long before = expected - 1;
                message.follows().ifPresent(follows -> assertThat(follows.value())
                        .as("placed behind what it follows")
                        .isLessThanOrEqualTo(Math.max(before, page.through().value())));
                takePersonal(local, seq, page);
                continue;
            }
            while (!gaps.isEmpty() && gaps.get(0).from().value() == expected) {
                expected = gaps.remove(0).to().value() + 1;
            }
            assertThat(seq).as("contiguous in %s", page.conversation()).isEqualTo(expected++);
            assertThat(world.member(page.conversation(), user())
                            .sees(message.entry().seq()))
                    .isTrue();
            if (seq > local.through) {
                local.messages.put(seq, message.entry().payload().toUtf8());
            }
        }
        while (!gaps.isEmpty() && gaps.get(0).from().value() == expected) {
            expected = gaps.remove(0).to().value() + 1;
        }
        assertThat(gaps).isEmpty();
        assertThat(expected - 1).isEqualTo(page.through().value());
        page.gaps().stream().filter(gap -> gap.to().value() > local.through).forEach(local.gaps::add);
        local.through = Math.max(local.through, page.through().value());
        local.personalThrough =
                Math.max(local.personalThrough, page.personalThrough().value());
    }

    private static boolean isPersonal(MessageView message) {
        return message.follows().isPresent()
                || message.event()
                        .filter(io.tideline.core.message.ConversationEvent.Hidden.class::isInstance)
                        .isPresent();
    }

    private static void takePersonal(Local local, long seq, SyncConversation page) {
        assertThat(seq).isLessThanOrEqualTo(page.personalThrough().value());
        if (!local.personal.contains(seq)) {
            local.personal.add(seq);
        }
    }
}
