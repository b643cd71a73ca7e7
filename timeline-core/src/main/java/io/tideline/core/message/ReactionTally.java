package io.tideline.core.message;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Counts the reactions to one message, keeping the first users of each only, so that it stays small. */
final class ReactionTally {
    private static final class Way {
        int count;
        /** The latest on top, to be dropped when one is too many. */
        final PriorityQueue<Reaction> first =
                new PriorityQueue<>(Comparator.comparing(Reaction::at).reversed());
    }

    private final Map<String, Way> ways = new HashMap<>();

    void add(Reaction reaction) {
        Way way = ways.computeIfAbsent(reaction.reaction(), name -> new Way());
        way.count++;
        way.first.add(reaction);
        if (way.first.size() > ReactionCount.MAX_USERS) {
            way.first.remove();
        }
    }

    /** The most frequent first. */
    List<ReactionCount> counts() {
        return ways.entrySet().stream()
                .map(way -> count(way.getKey(), way.getValue()))
                .sorted(Comparator.comparingInt(ReactionCount::count).reversed().thenComparing(ReactionCount::reaction))
                .toList();
    }

    private static ReactionCount count(String name, Way way) {
        List<Reaction> first = new ArrayList<>(way.first);
        first.sort(Comparator.comparing(Reaction::at));
        return new ReactionCount(
                name, way.count, first.stream().map(Reaction::user).toList());
    }
}
