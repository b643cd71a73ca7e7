package io.tideline.store.message;

import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page of a conversation while what is for its user alone is added to it. Everything has a place: an entry of the
 * conversation at its seq, and behind it, by their own seqs, those that follow it. A page may end at any place, so that it
 * holds no more bytes than asked for, whatever follows a single entry.
 *
 * <p>Used in three steps, one thread at a time: places are noted, messages read, the page cut.
 */
final class MixedPage {
    /** What is for the user alone, on one page. */
    private static final int MAX_PERSONAL = ReadQuery.MAX_ENTRIES;

    /**
     * In the order of a forward read.
     *
     * @param personal 0 for the conversation's own entry
     */
    private record Place(long at, long personal) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return Comparator.comparingLong(Place::at)
                    .thenComparingLong(Place::personal)
                    .compare(this, other);
        }
    }

    /** @param view empty when it is there no more */
    private record Placed(Place place, Optional<MessageView> view) {
        int bytes() {
            return view.map(shown -> shown.entry().payload().size()).orElse(0);
        }
    }

    private final HistoryQuery query;
    private final ConversationPage page;
    private final boolean forward;
    private final Comparator<Place> order;
    private final List<Place> noted = new ArrayList<>();
    private final Map<Long, Optional<MessageView>> read = new HashMap<>();
    private @Nullable List<Place> wanted;
    private boolean more;
    private int resolved;
    private long bytes;

    MixedPage(HistoryQuery query, ConversationPage page) {
        this.query = query;
        this.page = page;
        this.forward = query.direction() == Direction.FORWARD;
        this.order = forward ? Comparator.naturalOrder() : Comparator.reverseOrder();
    }

    /** There is one for the user alone. */
    void place(long follows, long seq) {
        Place place = new Place(follows, seq);
        if (!wasServed(place)) {
            noted.add(place);
        }
    }

    /** Whether the page before this one has brought it. */
    private boolean wasServed(Place place) {
        return query.fromPersonal().isPresent()
                && place.at() == query.from().value()
                && order.compare(
                                place,
                                new Place(place.at(), query.fromPersonal().get().value()))
                        <= 0;
    }

    /** What is to be read next of the personal timeline; empty when all is there, or enough. */
    Optional<ReadQuery> wanted(TimelineId personal) {
        List<Place> places = wantedPlaces();
        while (resolved < places.size() && read.containsKey(places.get(resolved).personal())) {
            resolved++;
        }
        if (resolved == places.size() || bytes >= query.maxBytes()) {
            return Optional.empty();
        }
        Stream<Long> rest = places.subList(resolved, places.size()).stream().map(Place::personal);
        Comparator<Long> farthest = forward ? Comparator.naturalOrder() : Comparator.reverseOrder();
        SequenceId from = SequenceId.of(places.get(resolved).personal());
        SequenceId to = SequenceId.of(rest.max(farthest).orElseThrow());
        return Optional.of(new ReadQuery(
                personal, from, to, query.direction(), ReadQuery.MAX_ENTRIES, query.maxBytes(), from.max(to)));
    }

    private List<Place> wantedPlaces() {
        @Nullable List<Place> sorted = wanted;
        if (sorted == null) {
            noted.sort(order);
            more = noted.size() > MAX_PERSONAL;
            sorted = more ? noted.subList(0, MAX_PERSONAL) : noted;
            wanted = sorted;
        }
        return sorted;
    }

    /** Takes what a read has brought; the one it began with is there no more when it is not among it. */
    void add(ReadQuery asked, ConversationPage found) {
        Set<Long> seqs = wantedPlaces().stream().map(Place::personal).collect(Collectors.toSet());
        for (MessageView view : found.messages()) {
            long seq = view.entry().seq().value();
            if (seqs.contains(seq) && read.putIfAbsent(seq, Optional.of(view)) == null) {
                bytes += view.entry().payload().size();
            }
        }
        read.putIfAbsent(asked.from().value(), Optional.empty());
    }

    /** The page, which ends where it is full. */
    ConversationPage cut() {
        List<Placed> all = all();
        int end = 0;
        long sum = 0;
        while (end < all.size() && (end == 0 || sum + all.get(end).bytes() <= query.maxBytes())) {
            sum += all.get(end).bytes();
            end++;
        }
        List<MessageView> messages =
                all.subList(0, end).stream().flatMap(one -> one.view().stream()).toList();
        boolean whole = end == all.size() && firstMissing().isEmpty();
        return whole || end == 0
                ? whole(messages)
                : endingAt(messages, all.get(end - 1).place(), following(all, end));
    }

    /** All that is known up to the first one that was not read. */
    private List<Placed> all() {
        Optional<Place> missing = firstMissing();
        Stream<Placed> own = page.messages().stream()
                .map(view -> new Placed(new Place(view.entry().seq().value(), 0), Optional.of(view)))
                .filter(placed -> !wasServed(placed.place()));
        Stream<Placed> personal = wantedPlaces().subList(0, resolved).stream()
                .map(place -> new Placed(place, read.getOrDefault(place.personal(), Optional.empty())));
        return Stream.concat(own, personal)
                .filter(placed -> missing.isEmpty() || order.compare(placed.place(), missing.get()) < 0)
                .sorted(Comparator.comparing(Placed::place, order))
                .toList();
    }

    private Optional<Place> firstMissing() {
        List<Place> places = wantedPlaces();
        if (resolved < places.size()) {
            return Optional.of(places.get(resolved));
        }
        return more ? Optional.of(noted.get(MAX_PERSONAL)) : Optional.empty();
    }

    private Optional<Place> following(List<Placed> all, int end) {
        return end < all.size() ? Optional.of(all.get(end).place()) : firstMissing();
    }

    private ConversationPage whole(List<MessageView> messages) {
        return new ConversationPage(
                messages, gaps(forward ? Long.MAX_VALUE : 0), page.stop(), page.next(), page.last());
    }

    private ConversationPage endingAt(List<MessageView> messages, Place end, Optional<Place> following) {
        boolean among = forward ? following.map(next -> next.at() == end.at()).orElse(false) : end.personal() > 0;
        SequenceId at = SequenceId.of(end.at());
        SequenceId next = among ? at : at.plus(forward ? 1 : -1);
        long covered = forward || end.personal() == 0 ? end.at() : end.at() + 1;
        return new ConversationPage(
                messages,
                gaps(covered),
                StopReason.PAGE_FULL,
                next,
                page.last(),
                among ? Optional.of(SequenceId.of(end.personal())) : Optional.empty());
    }

    /** The gaps up to {@code covered}, without what the page before has told of them. */
    private List<Gap> gaps(long covered) {
        boolean resumed = forward && query.fromPersonal().isPresent();
        List<Gap> gaps = new ArrayList<>();
        for (Gap gap : page.gaps()) {
            long from = Math.max(gap.from().value(), resumed ? query.from().value() + 1 : 1);
            long to = gap.to().value();
            if (forward) {
                to = Math.min(to, covered);
            } else {
                from = Math.max(from, covered);
            }
            if (from <= to) {
                gaps.add(new Gap(SequenceId.of(from), SequenceId.of(to), gap.type()));
            }
        }
        return gaps;
    }
}
