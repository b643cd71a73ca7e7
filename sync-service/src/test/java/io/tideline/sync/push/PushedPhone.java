package io.tideline.sync.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageView;
import io.tideline.sync.Conversations;
import io.tideline.sync.device.Device;
import io.tideline.sync.device.RangeStop;
import io.tideline.sync.device.SyncConversation;
import io.tideline.sync.device.SyncGap;
import io.tideline.sync.device.SyncLimits;
import io.tideline.sync.device.SyncPage;
import io.tideline.sync.device.SyncRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A device that stores each page together with its token, and checks that none repeats or skips anything. */
final class PushedPhone {
    /** What the device has of one conversation. */
    static final class Local {
        long through;
        long personalThrough;
        final TreeMap<Long, String> messages = new TreeMap<>();
        final TreeSet<Long> skipped = new TreeSet<>();
        final TreeSet<Long> personal = new TreeSet<>();
    }

    final Device device;
    final Map<ConversationId, Local> conversations = new HashMap<>();
    private final boolean careful;
    private final List<String> tokens = new ArrayList<>();
    private @Nullable Stream stream;

    /** @param careful whether it always comes back with its last token, so that nothing may come twice */
    PushedPhone(String user, String id, boolean careful) {
        this.careful = careful;
        device = new Device(Conversations.APP, Conversations.user(user), new DeviceId(id));
    }

    String user() {
        return device.user().value();
    }

    @Nullable Stream stream() {
        return stream;
    }

    /** Begins a stream. What the one before still brings is lost. */
    void subscribe(PushHub hub, SyncLimits limits, RandomGenerator random) {
        SyncRequest request = SyncRequest.of(device, limits);
        if (!tokens.isEmpty() && (careful || random.nextInt(3) > 0)) {
            int one = careful ? tokens.size() - 1 : random.nextInt(tokens.size());
            request = request.withAck(tokens.get(one));
        }
        Stream opened = new Stream();
        stream = opened;
        opened.session = hub.subscribe(request, opened);
    }

    /** As a lost connection of which the server may not have learned yet. */
    void lose(boolean known) {
        Stream lost = stream;
        stream = null;
        if (lost != null && known) {
            lost.session.close();
        }
    }

    /** One connection. */
    final class Stream implements PushListener {
        boolean ready = true;
        int caughtUp;
        private final Map<ConversationId, SyncConversation> last = new HashMap<>();
        private final List<String> unacknowledged = new ArrayList<>();
        private PushSession session;

        boolean hasUnacknowledged() {
            return !unacknowledged.isEmpty();
        }

        /** Acknowledges this page, and so those before it. */
        void acknowledge(int index) {
            String token = unacknowledged.get(index);
            unacknowledged.subList(0, index + 1).clear();
            var unused = session.acknowledge(token);
        }

        void acknowledgeAny(RandomGenerator random) {
            acknowledge(random.nextInt(unacknowledged.size()));
        }

        void acknowledgeAll() {
            acknowledge(unacknowledged.size() - 1);
        }

        void ready(boolean is) {
            ready = is;
            if (is) {
                session.ready();
            }
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void page(SyncPage page) {
            if (stream != this) {
                return;
            }
            page.conversations().forEach(this::take);
            tokens.add(page.next());
            unacknowledged.add(page.next());
        }

        private void take(SyncConversation part) {
            assertThat(part.stop()).isNotEqualTo(RangeStop.BEYOND_HEAD);
            Local local = conversations.computeIfAbsent(part.conversation(), id -> new Local());
            SyncConversation before = last.put(part.conversation(), part);
            String what = device + " in " + part.conversation();
            if (careful) {
                assertThat(part.after().value()).as(what).isEqualTo(local.through);
            } else {
                // What it has acknowledged on an earlier stream may be stored only now.
                long brought = before == null ? 0 : before.through().value();
                assertThat(part.after().value()).as(what).isBetween(brought, local.through);
            }
            takePersonal(
                    part, local, before == null ? 0 : before.personalThrough().value());
            takeMessages(part, local);
            local.through = Math.max(local.through, part.through().value());
            local.personalThrough =
                    Math.max(local.personalThrough, part.personalThrough().value());
        }

        private void takeMessages(SyncConversation part, Local local) {
            long expected = part.after().value() + 1;
            List<SyncGap> gaps = new ArrayList<>(part.gaps());
            for (MessageView message : part.messages()) {
                if (isPersonal(message)) {
                    continue;
                }
                expected = passGaps(gaps, expected, local);
                assertThat(message.entry().seq().value())
                        .as("contiguous behind %s in %s", part.after(), part)
                        .isEqualTo(expected);
                if (expected > local.through) {
                    local.messages.put(expected, message.entry().payload().toUtf8());
                }
                expected++;
            }
            expected = passGaps(gaps, expected, local);
            assertThat(gaps).isEmpty();
            assertThat(expected - 1).isEqualTo(part.through().value());
        }

        private long passGaps(List<SyncGap> gaps, long from, Local local) {
            long expected = from;
            while (!gaps.isEmpty() && gaps.get(0).from().value() == expected) {
                SyncGap gap = gaps.remove(0);
                while (expected <= gap.to().value()) {
                    if (expected > local.through) {
                        local.skipped.add(expected);
                    }
                    expected++;
                }
            }
            return expected;
        }

        /** @param before what this stream has brought */
        private void takePersonal(SyncConversation part, Local local, long before) {
            List<Long> brought = part.messages().stream()
                    .filter(PushedPhone::isPersonal)
                    .map(message -> message.entry().seq().value())
                    .toList();
            long after = careful ? local.personalThrough : before;
            assertThat(brought)
                    .doesNotHaveDuplicates()
                    .allMatch(
                            seq -> seq > after && seq <= part.personalThrough().value());
            local.personal.addAll(brought);
        }

        @Override
        public void caughtUp() {
            caughtUp++;
        }

        @Override
        public void hint(Set<ConversationId> moved) {
            assertThat(moved).isNotEmpty();
        }

        @Override
        public void heartbeat() {}

        @Override
        public void ended(Ended reason) {
            if (stream == this) {
                stream = null;
                if (!isOver(reason)) {
                    throw new AssertionError(
                            reason.toString(), reason instanceof Ended.Failed failed ? failed.failure() : null);
                }
            }
        }
    }

    /**
     * The server closes, or could not open the stream. Replaced by a stream before it that was lost while it was still
     * being opened on the other server: rare, and the phone comes again.
     */
    private static boolean isOver(PushListener.Ended reason) {
        if (reason instanceof PushListener.Ended.Failed failed) {
            return failed.failure() instanceof StorageUnavailableException;
        }
        return reason instanceof PushListener.Ended.Replaced;
    }

    private static boolean isPersonal(MessageView message) {
        return message.follows().isPresent()
                || message.event()
                        .filter(ConversationEvent.Hidden.class::isInstance)
                        .isPresent();
    }
}
