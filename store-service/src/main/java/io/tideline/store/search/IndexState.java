package io.tideline.store.search;

/**
 * How far an index is behind its timelines, as far as it has heard.
 *
 * @param building whether it is being made or checked against all timelines, and may lack anything
 * @param pending timelines known to have moved and not read yet
 * @param behindMillis how long the first of those that can be read has waited
 */
public record IndexState(boolean building, long pending, long behindMillis) {
    static final IndexState EMPTY = new IndexState(false, 0, 0);

    static IndexState of(AppFeeder feeder) {
        FeedState state = feeder.state();
        return new IndexState(state.isWalking(), state.size() + state.unreadable(), feeder.behindNanos() / 1_000_000);
    }
}
