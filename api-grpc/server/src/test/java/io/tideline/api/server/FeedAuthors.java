package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;

import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.SendResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Authors whose channels have AUTO diffusion, who follows them, and the oracle: what they posted, and from which seq of a
 * channel to which each follower was there. For one thread.
 */
final class FeedAuthors {
    /** The order of a home timeline. */
    static final Comparator<Post> HOME =
            Comparator.comparing(Post::micros).thenComparing(Post::channel).thenComparing(Post::seq);

    private static final int MEMBERS_AT_ONCE = 10_000;

    private final Chat chat;
    private final List<Author> authors = new ArrayList<>();
    private int posted;

    /** One post as the server answered it. */
    record Post(String channel, long seq, long micros, String text) {}

    /**
     * A time as a follower.
     *
     * @param joined seq of the entry
     * @param left seq of the entry, {@link Long#MAX_VALUE} for who still is there
     */
    record Following(long joined, long left) {}

    /** One channel and what became of it. */
    static final class Author {
        final String name;
        final String channel;
        final Set<String> followers = new TreeSet<>();
        final Map<String, Following> followings = new HashMap<>();
        final List<Post> posts = new ArrayList<>();

        private Author(String name, String channel) {
            this.name = name;
            this.channel = channel;
        }

        /** What a follower may see: his last time there, whatever was before he came left out. */
        List<Post> visibleTo(String reader) {
            Following following = followings.get(reader);
            return following == null
                    ? List.of()
                    : posts.stream()
                            .filter(post -> post.seq() > following.joined() && post.seq() < following.left())
                            .toList();
        }
    }

    FeedAuthors(Chat chat) {
        this.chat = chat;
    }

    List<Author> all() {
        return authors;
    }

    Author add(Collection<String> followers) {
        String name = "author-" + authors.size();
        String channel =
                chat.create(Chat.wanted(ConversationKind.CHANNEL, name).setPolicy(DiffusionPolicy.DIFFUSION_AUTO));
        Author author = new Author(name, channel);
        authors.add(author);
        follow(author, followers);
        return author;
    }

    void follow(Author author, Collection<String> readers) {
        List<String> all = List.copyOf(new LinkedHashSet<>(readers));
        for (int from = 0; from < all.size(); from += MEMBERS_AT_ONCE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + MEMBERS_AT_ONCE));
            long seq = chat.conversations
                    .addMembers(AddMembersRequest.newBuilder()
                            .setApp(APP)
                            .setConversationId(author.channel)
                            .setUser(author.name)
                            .addAllMembers(some)
                            .build())
                    .getVersion();
            // A switch of diffusion that it brings about is an entry too, and no post comes between.
            some.forEach(reader -> author.followings.put(reader, new Following(seq, Long.MAX_VALUE)));
            author.followers.addAll(some);
        }
    }

    void unfollow(Author author, String reader) {
        long seq = chat.conversations
                .removeMember(RemoveMemberRequest.newBuilder()
                        .setApp(APP)
                        .setConversationId(author.channel)
                        .setUser(reader)
                        .setMember(reader)
                        .build())
                .getVersion();
        Following before = author.followings.get(reader);
        author.followings.put(reader, new Following(before.joined(), seq));
        author.followers.remove(reader);
    }

    void post(Author author) {
        String text = "post-" + posted++;
        SendResponse sent = chat.send(author.channel, author.name, text);
        author.posts.add(new Post(author.channel, sent.getSeq(), Messages.micros(sent.getServerTime()), text));
    }

    /** What a reader's home timeline has to be. */
    List<Post> home(String reader) {
        return authors.stream()
                .flatMap(author -> author.visibleTo(reader).stream())
                .sorted(HOME)
                .toList();
    }

    /** What he has not read: nothing was, and who is gone from a channel counts nothing of it. */
    long unread(String reader) {
        return authors.stream()
                .filter(author -> author.followers.contains(reader))
                .mapToLong(author -> author.visibleTo(reader).size())
                .sum();
    }
}
