package io.tideline.core.unread;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.Watermarks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnreadRangeTest {
    /** A timeline as it grows, counted one by one. */
    private static final class Model {
        private final List<Boolean> counts = new ArrayList<>();
        private final Set<SequenceId> takenBack = new HashSet<>();
        private long mark;
        private long joined;
        private long expired;
        private boolean active;

        long counted(long through) {
            return counts.subList(0, (int) through).stream().filter(c -> c).count();
        }

        MarkedHead head() {
            SequenceId last = SequenceId.of(counts.size());
            SequenceId discounted =
                    takenBack.stream().max(SequenceId::compareTo).orElse(SequenceId.NONE);
            Watermarks marks = Watermarks.NONE.withExpiredThrough(SequenceId.of(expired), counted(expired));
            Head head = new Head(last, Instant.EPOCH, marks, counted(counts.size()), discounted);
            return new MarkedHead(head, SequenceId.of(mark), counted(mark));
        }

        Membership membership() {
            return new Membership(
                    new UserId("ann"),
                    Role.MEMBER,
                    SequenceId.of(joined),
                    counted(joined),
                    SequenceId.FIRST,
                    active ? SequenceId.NONE : SequenceId.of(counts.size()),
                    1);
        }

        long unread() {
            long unread = 0;
            for (long seq = Math.max(expired, Math.max(mark, joined)) + 1; active && seq <= counts.size(); seq++) {
                if (counts.get((int) seq - 1) && !takenBack.contains(SequenceId.of(seq))) {
                    unread++;
                }
            }
            return unread;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void less_isWhatCountingOneByOneGives(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Model model = new Model();
            for (int step = 0; step < 60; step++) {
                step(model, random);
                UnreadRange range = UnreadRange.of(model.head(), model.membership());

                assertThat(range.less(model.takenBack)).isEqualTo(model.unread());
                if (!range.mayHoldDiscounts()) {
                    assertThat(range.counted()).isEqualTo(model.unread());
                }
            }
        }
    }

    private static void step(Model model, Random random) {
        int size = model.counts.size();
        switch (random.nextInt(9)) {
            case 0 -> {
                model.counts.add(false);
                model.active = !model.active;
                model.joined = model.active ? size + 1 : model.joined;
            }
            case 1 -> {
                model.counts.add(true);
                model.mark = model.active ? size + 1 : model.mark;
            }
            case 2 -> model.mark = Math.max(model.mark, size == 0 ? 0 : 1 + random.nextInt(size));
            case 3 -> {
                int target = size == 0 ? 0 : 1 + random.nextInt(size);
                if (target > 0 && model.counts.get(target - 1)) {
                    model.takenBack.add(SequenceId.of(target));
                }
                model.counts.add(false);
            }
            case 4 -> model.expired = Math.min(size, model.expired + random.nextInt(5));
            default -> model.counts.add(random.nextInt(4) > 0);
        }
    }

    @Test
    void of_headOlderThanMembership_isNothing() {
        Model model = new Model();
        model.active = true;
        Membership later = new Membership(
                new UserId("ann"), Role.MEMBER, SequenceId.of(7), 5, SequenceId.of(7), SequenceId.NONE, 7);

        assertThat(UnreadRange.of(model.head(), later).counted()).isZero();
    }

    @Test
    void of_markBeforeWhatHasExpired_isWhatIsLeft() {
        Head head = head(new Watermarks(SequenceId.of(5), 4, SequenceId.NONE, SequenceId.NONE));

        UnreadRange unread = UnreadRange.ofPersonal(new MarkedHead(head, SequenceId.of(2), 1), true);

        assertThat(unread).isEqualTo(new UnreadRange(SequenceId.of(5), SequenceId.of(9), 3, SequenceId.NONE));
    }

    @Test
    void of_expiredAndNotCounted_isWhatFollowsTheMark() {
        Head head = head(new Watermarks(SequenceId.of(5), SequenceId.NONE, SequenceId.NONE));

        UnreadRange unread = UnreadRange.ofPersonal(new MarkedHead(head, SequenceId.of(2), 1), true);

        assertThat(unread).isEqualTo(new UnreadRange(SequenceId.of(2), SequenceId.of(9), 6, SequenceId.NONE));
    }

    private static Head head(Watermarks marks) {
        return new Head(SequenceId.of(9), Instant.EPOCH, marks, 7, SequenceId.NONE);
    }

    @Test
    void ofPersonal_former_isNothing() {
        Model model = new Model();
        model.counts.add(true);

        assertThat(UnreadRange.ofPersonal(model.head(), true).counted()).isEqualTo(1);
        assertThat(UnreadRange.ofPersonal(model.head(), false).counted()).isZero();
    }
}
