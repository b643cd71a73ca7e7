package io.tideline.api.server.identity;

import io.grpc.Context;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as its token says. Ask before validating and before reading anything: what somebody may not see must not
 * show in the kind of refusal either. Streams ask {@link #current} once, when they begin, and the caller it returns for
 * each request.
 *
 * @param app there for users and services; null for an operator of every app and for anyone
 * @param user there for users only
 */
public record Caller(
        Scope scope, @Nullable AppId app, @Nullable UserId user) {
    static final Context.Key<Caller> KEY = Context.key("tideline-caller");

    /** Another server of the installation. */
    public static final Caller SERVER = new Caller(Scope.SERVER, null, null);

    /** The caller of a server without authentication. */
    static final Caller ANYONE = new Caller(Scope.ANYONE, null, null);

    public Caller {
        boolean whole =
                switch (scope) {
                    case USER -> app != null && user != null;
                    case SERVICE -> app != null && user == null;
                    case OPERATOR -> user == null;
                    case SERVER, ANYONE -> app == null && user == null;
                };
        if (!whole) {
            throw new IllegalArgumentException(
                    "scope: " + scope.word()
                            + " (expected: user with app and user, service with app, operator with or without app, server without)");
        }
    }

    /**
     * The caller of the call that is being handled on this thread.
     *
     * @throws IllegalStateException outside of a call: nobody is let through by mistake
     */
    public static Caller current() {
        @Nullable Caller caller = KEY.get();
        if (caller == null) {
            throw new IllegalStateException("no caller in this context");
        }
        return caller;
    }

    /**
     * Goes on for back ends of any app. For the begin of streams whose requests each name their app.
     *
     * @throws CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW for users and servers, NOT_YOUR_APP for operators without an app
     */
    public void requireService() {
        if (scope == Scope.USER || scope == Scope.SERVER) {
            throw new CallFailure(Statuses.scopeTooLow(Scope.SERVICE.word()));
        }
        if (scope == Scope.OPERATOR && app == null) {
            throw new CallFailure(Statuses.notYourApp());
        }
    }

    /**
     * Goes on for back ends of this app, which may do everything with its timelines.
     *
     * @param named the app as the request names it, valid or not
     * @throws CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW for users, NOT_YOUR_APP for other apps
     */
    public void requireApp(String named) {
        if (scope == Scope.ANYONE) {
            return;
        }
        requireService();
        requireSameApp(named);
    }

    /**
     * Goes on for this user himself and for back ends of his app.
     *
     * @param namedApp the app as the request names it, valid or not
     * @param namedUser the user in whose name something is asked, as the request names him
     * @throws CallFailure PERMISSION_DENIED/NOT_YOUR_APP or NOT_YOURSELF
     */
    public void requireUser(String namedApp, String namedUser) {
        if (scope == Scope.ANYONE) {
            return;
        }
        requireSameApp(namedApp);
        if (user != null && !user.value().equals(namedUser)) {
            throw new CallFailure(Statuses.notYourself());
        }
    }

    /**
     * Goes on for the other servers of the installation.
     *
     * @throws CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW
     */
    public void requireServer() {
        if (scope != Scope.SERVER && scope != Scope.ANYONE) {
            throw new CallFailure(Statuses.scopeTooLow(Scope.SERVER.word()));
        }
    }

    /**
     * Goes on for operators, whatever their app.
     *
     * @throws CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW
     */
    public void requireOperator() {
        if (scope != Scope.OPERATOR && scope != Scope.ANYONE) {
            throw new CallFailure(Statuses.scopeTooLow(Scope.OPERATOR.word()));
        }
    }

    /**
     * Goes on for operators of every app: what they are shown tells of all.
     *
     * @throws CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW, or NOT_YOUR_APP for operators of one app
     */
    public void requireOperatorOfAll() {
        requireOperator();
        if (app != null) {
            throw new CallFailure(Statuses.notYourApp());
        }
    }

    /**
     * Goes on for operators of this app or of every app.
     *
     * @throws CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW, or NOT_YOUR_APP for operators of another one
     */
    public void requireOperator(String namedApp) {
        requireOperator();
        if (app != null) {
            requireSameApp(namedApp);
        }
    }

    private void requireSameApp(String named) {
        if (app == null || !app.value().equals(named)) {
            throw new CallFailure(Statuses.notYourApp());
        }
    }
}
