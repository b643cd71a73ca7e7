package io.tideline.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.UserId;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the warm tier keeps, by policy and hold. */
final class TierArchivePolicyTest {
    private static final Instant NOW = Instant.parse("2024-03-01T12:00:00Z");
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(5));
    private static final TierLimit YEAR = TierLimit.age(Duration.ofDays(365));
    private static final TierLimit DAY = TierLimit.age(Duration.ofDays(1));

    private final InMemoryTimelineStore memory =
            new InMemoryTimelineStore(InstantSource.fixed(NOW), Duration.ofDays(7));
    private final AtomicInteger reads = new AtomicInteger();
    private final RecordStore records = counting(memory, reads);
    private final TierHolds holds = new TierHolds(records, memory);

    private static RecordStore counting(RecordStore target, AtomicInteger reads) {
        return (RecordStore) Proxy.newProxyInstance(
                RecordStore.class.getClassLoader(), new Class<?>[] {RecordStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("get")) {
                        reads.incrementAndGet();
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static TierPolicies policies(String... settings) {
        Properties properties = new Properties();
        for (String setting : settings) {
            properties.setProperty(
                    setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        return TierPolicies.parse(properties);
    }

    private ArchivePolicy policy(String... settings) {
        return new TierArchivePolicy(records, policies(settings), holds);
    }

    private Map<TimelineId, TierLimit> limits(ArchivePolicy policy, TimelineId... timelines) {
        return policy.limits(List.of(timelines), DEADLINE).join();
    }

    private static TimelineId room(String app, String name) {
        return TimelineId.conversation(app, name);
    }

    private TimelineId conversation(String app, String name, ConversationKind kind) {
        Conversation conversation = new Conversation(
                new ConversationId(name),
                kind,
                new ConversationSettings(DiffusionPolicy.READ, true, Map.of()),
                Diffusion.READ,
                SequenceId.FIRST,
                2,
                false,
                new UserId("ann"),
                NOW,
                1);
        Attachment record = Attachment.of(0, RecordKind.CONVERSATION, ConversationCodec.encode(conversation));
        TimelineAppend creation = new TimelineAppend(
                room(app, name),
                List.of(NewEntry.text("ann", "created", "")),
                List.of(record),
                List.of(),
                SequenceId.NONE);
        memory.append(creation, DEADLINE).join();
        return room(app, name);
    }

    @Test
    void limits_withoutWarmSettings_nothingIsDue() {
        assertThat(TierPolicies.DEFAULT.anyArchived()).isFalse();
        assertThat(limits(policy(), room("chat", "room")))
                .containsExactly(Map.entry(room("chat", "room"), TierLimit.NONE));
        assertThat(policies("hot-age=1d", "chat/retention.channel=9d").anyArchived())
                .isFalse();
    }

    @Test
    void limits_byAgeEntriesAndBytes_ofAllAndOfAnApp() {
        ArchivePolicy policy = policy(
                "hot-age=30d",
                "warm-age=365d",
                "chat/hot-age=1d",
                "chat/warm-entries=1000",
                "chat/warm-bytes=50000000");

        assertThat(limits(policy, room("chat", "room"), room("other", "room")))
                .containsEntry(
                        room("chat", "room"),
                        new TierLimit(Optional.empty(), OptionalLong.of(1000), OptionalLong.of(50_000_000)))
                .containsEntry(room("other", "room"), YEAR);
    }

    @Test
    void limits_ofKinds_areLookedUpInOneRead_personalTimelinesIncluded() {
        ArchivePolicy policy = policy(
                "hot-age=1h",
                "warm-age=365d",
                "chat/hot-age.channel=1h",
                "chat/warm-age.channel=1d",
                "other/hot-age=1d");
        TimelineId channel = conversation("chat", "news", ConversationKind.CHANNEL);
        TimelineId group = conversation("chat", "team", ConversationKind.GROUP);
        TimelineId personal = new TimelineId(new AppId("chat"), TimelineFamily.PERSONAL, "news/bob");
        TimelineId plain = room("chat", "plain");
        TimelineId other = room("other", "news");

        Map<TimelineId, TierLimit> limits = limits(policy, channel, group, personal, plain, other);

        assertThat(limits)
                .containsEntry(channel, DAY)
                .containsEntry(personal, DAY)
                .containsEntry(group, YEAR)
                .containsEntry(plain, YEAR)
                .containsEntry(other, TierLimit.NONE)
                .hasSize(5);
        // Kinds and holds, whatever the number of timelines.
        assertThat(reads).hasValue(2);
    }

    @Test
    void limits_heldConversationsAndApps_areLeftOut_untilLifted() {
        ArchivePolicy policy = policy("hot-age=30d", "warm-age=365d");
        TimelineId held = room("chat", "held");
        TimelineId personal = new TimelineId(new AppId("chat"), TimelineFamily.PERSONAL, "held/bob");
        TimelineId free = room("chat", "free");
        TimelineId ofHeldApp = room("other", "free");
        holds.hold(held, true, DEADLINE).join();
        holds.hold(new AppId("other"), true, DEADLINE).join();

        assertThat(limits(policy, held, personal, free, ofHeldApp)).containsOnlyKeys(free);

        holds.hold(held, false, DEADLINE).join();
        holds.hold(new AppId("other"), false, DEADLINE).join();
        assertThat(limits(policy, held, personal, free, ofHeldApp)).containsOnlyKeys(held, personal, free, ofHeldApp);
    }

    @Test
    void limits_ofAThousand_takeOneReadOfHolds() {
        ArchivePolicy policy = policy("hot-age=30d", "warm-age=365d");
        List<TimelineId> thousand = new ArrayList<>(IntStream.range(0, ArchivePolicy.MAX_TIMELINES)
                .mapToObj(i -> room("chat", "room" + i))
                .toList());

        assertThat(policy.limits(thousand, DEADLINE).join()).hasSize(1000).containsValue(YEAR);
        assertThat(reads).hasValue(1);

        thousand.add(room("chat", "one more"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.limits(thousand, DEADLINE))
                .withMessageContaining("timelines: 1001");
        assertThat(policy.limits(List.of(), DEADLINE).join()).isEmpty();
    }

    @Test
    void policies_badWarmSettings_areNamed() {
        for (List<String> bad : List.of(
                List.of("hot-age=1d", "warm-age=soon"),
                List.of("hot-age=1d", "warm-entries=0"),
                List.of("hot-age=1d", "warm-bytes=-1"),
                List.of("hot-age=1d", "warm-size=3"),
                List.of("warm-age=3d"),
                List.of("hot-age=1d", "chat/warm-bytes.channel=3"))) {
            String last = bad.get(bad.size() - 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> policies(bad.toArray(String[]::new)))
                    .withMessageContaining(last.substring(0, last.indexOf('=')));
        }
    }
}
