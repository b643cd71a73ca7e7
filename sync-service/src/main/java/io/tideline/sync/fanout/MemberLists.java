package io.tideline.sync.fanout;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.conversation.Membership;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of conversations as this worker has read them last, so that a busy group is not read anew for each of its
 * messages. Members change by entries alone, and a worker sees every entry: a list that was read behind one entry holds for
 * the next ones until one of them says otherwise. Whatever another worker did meanwhile shows as a cursor that has gone on.
 */
final class MemberLists {
    /** In all lists together, about 200 bytes each. */
    static final int MAX_MEMBERS = 100_000;

    private record Listed(SequenceId through, List<Membership> members) {}

    private final Cache<TimelineId, Listed> lists = CacheBuilder.newBuilder()
            .maximumWeight(MAX_MEMBERS)
            .concurrencyLevel(1)
            .weigher((TimelineId conversation, Listed listed) ->
                    1 + listed.members().size())
            .build();

    /** The members for a plan that changes none of them and follows the one before it; empty when they are not known. */
    Optional<List<Membership>> of(TimelineId conversation, FanoutPlan plan) {
        @Nullable Listed listed = lists.getIfPresent(conversation);
        return listed != null && listed.through().next().equals(plan.first()) && plan.keepsMembers()
                ? Optional.of(listed.members())
                : Optional.empty();
    }

    /** They were read when {@code through} was committed, or after. */
    void put(TimelineId conversation, SequenceId through, List<Membership> members) {
        lists.put(conversation, new Listed(through, members));
    }

    void drop(TimelineId conversation) {
        lists.invalidate(conversation);
    }
}
