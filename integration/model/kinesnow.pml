/*
 * kinesnow's protocol as it is built: one stream's shards, one or two nodes that work on them, the lease table
 * (DynamoDB, conditional writes) and the sink (Snowpipe Streaming: fenced channels, offset tokens).
 *
 * Beside each step stands the rule that it keeps (P1-P26 of the protocol) and where the code keeps it (file:function);
 * a test looks that each such place exists. README.md says what is modelled, what is not, and how to read a trace.
 *
 * WORDS
 *   T tok[s]  committed offset token of the channel     K  committedToken in the lease row: T as last read back
 *   S         skippedToken: records up to it made no row     opening     one successful open of the channel
 *   generation   one pass of a Unit from `wanting` back to `wanting`; its opening is the last one before it reads
 *
 * SCALE. A position (P1) is a number 1..N; 2k-1 and 2k share one Kinesis record, so that a batch may end inside an
 * aggregate (P8). A batch holds one or two records with rows. Every fault - crash, panic, steal, lost request, lost
 * answer, early time-out, late open, lost renewal, channel invalidated or dropped - takes one unit of FAULTS, and every
 * hand-off one of MOVES. So every run is finite but for idle repetition, and "no invalid end state" means: whatever
 * happened, all rows reached the table in the end, or the shard was parked by a stop of P7.
 *
 * ORACLE, at every commit of the rows f..l of shard s (ghost last[s]: the highest position in the table):
 *   DUP    f <= last[s]       LOSS   a row between last[s] and f is not there       ORDER   a parent is not complete
 * and besides
 *   REGR   a start decision meets T < K although nobody moved a token by hand (P7 would say TOKEN_REGRESSED)
 *   PARK   parked as TOKEN_LOST though the channel was never dropped (PARK_EXACT: never while the row was not settled)
 *   BURY   a record that can be appended was dead-lettered (P13)
 *   STUCK  invalid end state
 *
 * SWITCHES (-D; none = what is built)
 *   TOPO=1 one shard | 2 parent and child | 3 split | 4 merge      NP=2, NC=1 rows of a parent, a child    FAULTS, MOVES
 *   DROPS      the sink may drop a channel, token and all, at any time
 *   LATE_OPEN  an open that was given up may still arrive, after its sender has opened again and flows
 *   SKIP=1     one record of a shard makes no row (P17)     SKIP=2  one record's append is always refused (P13)
 *   LATEST=1   first start at LATEST (P12)
 *   RESOLVE=1  a parked shard is resolved from the table | 2 from the checkpoint (loses what the human gives up: DUP)
 *   P23_DROP   the channel of an ended shard is dropped; without it, not within the run, as in the first hour
 *   the service, where its papers are silent
 *   OPENSEM=0  an open discards what is accepted and not committed | 1 commits it first | 2 it may commit later still
 *          | 3 an open is refused (409) as long as there is any | 4 as 0, and a refused open fences all the same
 *   RETRYSEM=0 a repeated append is refused | 1 recognised, not applied twice (P11) | 2 applied twice
 *   SEQ_RESTART a channel made anew may take continuation tokens of its dropped namesake  (P23_LATE: it is dropped
 *              only when no request is under way any more, which is what an hour is for)
 *   smaller state spaces, for several shards: WRITES_NOW table writes arrive at once, P11_NO_RETRY
 *   rules broken on purpose, each of which must show a counterexample
 *   P5_STATUS_FIRST P5_NO_RECHECK P7_START_AT_K P7_NO_SETTLED P7_TRUE_EARLY P7_NO_RESET P7_RESET_AFTER P7_NOT_ANSWERED
 *   P7_NO_UNDO P7_NO_CREATED=1|2 P7_SEED P7_SAY_LESS P8_AFTER_SEQ P10_PIPELINE P10_NO_REWIND P11_OTHER_BYTES
 *   P12_LATEST_AGAIN P13_KILLS_COUNT P14_ON_ACK P17_EARLY P17_STALE P18_NO_EPOCH P18_NO_ORDER P19_NO_FENCE
 *   P21_SETTLED P22_ON_READ P23_ON_READ P23_DROP_FIRST P23_DROP_ANYWAY
 *   P7_SETTLE_FENCED P7's wording beyond the code: also a stale sequencer settles (holds)     NO_LEASE (holds, no drops)
 *   NODUPCHECK, NO_REGR: do not stop at DUP, at REGR, to see what else is wrong   SHOW_PARK: report that a stop is reachable
 */
#ifndef TOPO
#define TOPO 1
#endif
#ifndef FAULTS
#define FAULTS 2
#endif
#ifndef MOVES
#define MOVES 0
#endif
#ifndef NP
#define NP 2
#endif
#ifndef NC
#define NC 1
#endif
#ifndef RETRYSEM
#define RETRYSEM 1
#endif
#ifndef OPENSEM
#define OPENSEM 0
#endif
#ifndef LATEST
#define LATEST 0
#endif
#ifndef SKIP
#define SKIP 0
#endif
#ifndef RESOLVE
#define RESOLVE 0
#endif
#ifndef P7_NO_CREATED
#define P7_NO_CREATED 0
#endif
#if defined(P23_DROP_FIRST) || defined(P23_DROP_ANYWAY)
#define P23_DROP
#endif

/* ---- the stream: its shards, and who descends from whom ---- */
#if TOPO==1
#define NSH 1
#define ROWS(s) NP
#define PARENTS_END(s) true
#define PARENTS_READ(s) true
#define PARENTS_DONE(s) true
#define ALL_OVER OVER(0)
#elif TOPO<4
#define NSH TOPO
#define ROWS(s) ((s)==0 -> NP : NC)
#define PARENTS_END(s) (s==0 || ended[0])
#define PARENTS_READ(s) (s==0 || readEnd[0])
#define PARENTS_DONE(s) (s==0 || FULL(0))
#if TOPO==2
#define ALL_OVER (parked[0] || (OVER(0) && OVER(1)))
#else
#define ALL_OVER (parked[0] || (OVER(0) && OVER(1) && OVER(2)))
#endif
#else
#define NSH 3
#define ROWS(s) (s<2 -> NP : NC)
#define PARENTS_END(s) (s<2 || (ended[0] && ended[1]))
#define PARENTS_READ(s) (s<2 || (readEnd[0] && readEnd[1]))
#define PARENTS_DONE(s) (s<2 || (FULL(0) && FULL(1)))
#define ALL_OVER (OVER(0) && OVER(1) && (parked[0] || parked[1] || OVER(2)))
#endif
#define OVER(i) (ended[i] || parked[i])
#define NW (2*NSH)                  /* w = 2*shard + node: a Unit, with its generation's actors */
#ifdef P22_ON_READ
#define ELIGIBLE(s) PARENTS_READ(s)
#else
#define ELIGIBLE(s) PARENTS_END(s)  /* P22, actors/fleet.go:eligible */
#endif
bool readEnd[NSH];                  /* somebody has read the shard to its end (only naive designs look) */
#if LATEST>0
byte prod[NSH];                     /* rows produced so far */
byte start[NSH];                    /* ghost: LATEST was resolved to this row; 0 = not yet */
byte initial[NSH];                  /* P12: __stream__.initialTimestamp, actors/lease_prepare.go:streamState */
#define AVAIL(s) prod[s]
proctype Producer(byte s) { do :: prod[s]<ROWS(s) -> prod[s]++ :: prod[s]==ROWS(s) -> break od }
#else
#define AVAIL(s) ROWS(s)
#endif
#if SKIP>0
byte odd[NSH];                      /* which record makes no row (SKIP=1), or ends every append it is in (SKIP=2) */
#define ODD(s,p) (odd[s]==(p))
#define FULL(s) (last[s]==ROWS(s) || (ODD(s,ROWS(s)) && last[s]==ROWS(s)-1))
#define NEXT(s) (last[s] + 1 + (ODD(s,last[s]+1) -> 1 : 0))
#else
#define ODD(s,p) false
#define FULL(s) (last[s]==ROWS(s))
#define NEXT(s) (last[s] + 1)
#endif

/* ---- the sink ---- */
byte tok[NSH];                      /* T; 0 = none */
bool ex[NSH];                       /* the channel exists */
bool bad[NSH];                      /* it must be reopened */
byte rs[NSH];                       /* row sequencer of the newest opening */
bool live[NW];                      /* this unit's continuation token is the newest opening's (client sequencer): only
                                       "newest or not" matters, so no counter is kept - fewer states, same behaviour */
chan buf[NSH] = [3] of { byte, byte };                    /* accepted, not yet committed: first, last position */
byte last[NSH];                     /* ghost: the highest position in the table */
bool dropped[NSH];                  /* ghost: a fault dropped the channel (PARK_EXACT: while the row was not settled) */
/* ---- between a channel and the sink ---- */
chan net[NSH] = [2] of { byte, byte, byte, byte, byte };  /* unit, 1 = of the newest opening, row sequencer, first, last */
byte ans[NW];                       /* 0 = none; the rest are complete answers */
#define OK 1
#define STALE 2                     /* another opening is newer */
#define GONE 3                      /* the channel is, or it must be reopened */
#define ROWS_NO 4                   /* refused because of its rows */
byte waitRs[NW]; bool waiting[NW];
#define RS(r) ((r)%8)               /* r carries the row sequencer, +8 on a repetition: HTTP pairs answers with requests */
#define MINE (waiting[w] && waitRs[w]==r && (e==1)==live[w])
#define FITS (e==1 && !bad[s] && RS(r)==rs[s])
#define REPEATS (e==1 && !bad[s] && RS(r)+1==rs[s])
#if RETRYSEM>0
#define REFUSED (!FITS && !REPEATS)
#else
#define REFUSED (!FITS)
#endif
bool lateOpen[NSH];                 /* an open whose sender gave it up is still under way */
#if OPENSEM==3
#define MAYOPEN(s) (len(buf[s])==0)
#else
#define MAYOPEN(s) true
#endif

/* ---- the lease table: one row a shard (adapters/leasetable) ---- */
byte owner[NSH];                    /* node+1; 0 = free */
bool hold[NW];                      /* (owner, epoch) in the row are those of this unit's generation */
byte K[NSH]; byte S[NSH]; bool settled[NSH]=true; bool ended[NSH];
bool same[NSH];                     /* channelCreated is the creation time of the channel that exists now */
bool saw[NW];                       /* the creation time in this unit's opening is */
bool parked[NSH];                   /* a stop of P7. Only the process that parks knows of it; whoever comes next decides
                                       by the same row and the same channel, and so the same */
#ifdef P5_NO_RECHECK
byte mK[NW]; bool mSet[NW]; bool mSame[NW];        /* the row as it was when the lease was written */
#endif
#ifdef NO_LEASE
#define HOLD true
byte opens[NSH];
#else
#define HOLD hold[w]
#endif

/* Position writes (P18). Each generation numbers them, and the row takes a number only above the one it has; a refused
   one that finds its own owner and epoch counts as made (adapters/leasetable/position.go:place). Two may be under way:
   the offered one rides on a renewal (actors/checkpoint_write.go:offer, actors/lease_ask.go:carry) and may be lost; a
   direct one is repeated until it is answered, one at a time (actors/checkpoint_write.go:put+nextWrite). */
typedef Write {
	byte at;                        /* where it is. One that owner, epoch or number will refuse is forgotten at once: */
#define NONE 0                      /* nobody sees it land, and its sender hears of it as of any lease that is lost */
#define SENT 1                      /* under way; the row will take it */
#define EVER 2                      /* P18_NO_EPOCH: the row takes it, whatever was written since */
	byte k;                         /* T as last read back; 0 = none */
	byte say;                       /* what it says of settled */
#define LEFT 0
#define FALSE_ASKED 1
#define FALSE 2
#define TRUE 3
	bool pass;                      /* it carries S */
	bool end                        /* it carries SHARD_END */
};
Write off[NW]; Write dir[NW];
bool offNewer[NW];                  /* the offered write has the higher number */

byte faults = FAULTS;
byte moves = MOVES;

/* ------------------------------------------------------------------------------------------------ the sink's acts -- */

/* a batch becomes durable, rows and token together: the oracle */
inline commitBatch(s, f, l) {
	assert(PARENTS_DONE(s));                                   /* ORDER */
#ifndef NODUPCHECK
	assert(f > last[s]);                                       /* DUP */
#endif
	assert(f <= NEXT(s));                                      /* LOSS */
	last[s] = (l > last[s] -> l : last[s]); tok[s] = l
}

/* every continuation token that was handed out before is stale, also in requests under way */
inline newOpening(s) {
	live[2*s]=false; live[2*s+1]=false; rs[s]=0; bad[s]=false; r=len(net[s]);
	do :: r>0 -> r--; net[s]?w,e,l2,f,l; net[s]!w,0,l2,f,l :: r==0 -> break od; l2=0
}
inline forgetAccepted(s) { do :: buf[s]?f,l :: len(buf[s])==0 -> break od }

/* the channel goes, its token and what it had not committed with it */
inline dropChannel(s) {
	newOpening(s); forgetAccepted(s); tok[s]=0; ex[s]=false; same[s]=false; saw[2*s]=false; saw[2*s+1]=false;
#ifdef P5_NO_RECHECK
	mSame[2*s]=false; mSame[2*s+1]=false;
#endif
	e=0; r=0; f=0; l=0
}

/* adapters/snowpipe/open.go:Open; P6 */
inline openChannel(s) {
#ifdef SEQ_RESTART
	if
	:: !ex[s] ->                    /* made anew: any token of the namesake may fit again, under way or remembered */
		newOpening(s); r=len(net[s]);
		do :: r>0 -> r--; net[s]?w,e,l2,f,l;
			if :: e=0 :: e=1; live[w]=(live[w] || (waiting[w] && waitRs[w]==l2)) fi;
			net[s]!w,e,l2,f,l :: r==0 -> break od; l2=0
	:: else -> newOpening(s)
	fi; f=0;
#else
	newOpening(s);
#endif
	w=2*s+n; e=0; r=0; f=0; l=0;
#ifdef NO_LEASE
	opens[s]++;
#endif
#if OPENSEM==0 || OPENSEM==4
	forgetAccepted(s); f=0; l=0;
#elif OPENSEM==1
	do :: len(buf[s])>0 -> buf[s]?x,y; commitBatch(s,x,y) :: len(buf[s])==0 -> break od; x=0; y=0;
#endif
	live[w]=true; mr=0; ex[s]=true; saw[w]=true
}

proctype Snowpipe(byte s) {
	byte w, e, r, f, l, l2;
end:	do
	:: atomic { (len(net[s])>0 && len(buf[s])<3) -> net[s]?w,e,r,f,l;      /* an append arrives, perhaps very late */
		if
#ifdef P19_NO_FENCE
		:: true -> buf[s]!f,l; rs[s]++; if :: MINE -> ans[w]=OK :: else fi
#else
#if SKIP==2
		:: FITS && f<=odd[s] && odd[s]<=l -> if :: MINE -> ans[w]=ROWS_NO :: else fi   /* 400: nothing happened */
		:: FITS && !(f<=odd[s] && odd[s]<=l) -> buf[s]!f,l; rs[s]++;
#else
		:: FITS -> buf[s]!f,l; rs[s]++;
#endif
			if
			:: MINE ->
				if :: ans[w]=OK
				   :: faults>0 -> faults--; waiting[w]=false               /* applied, answer lost */
				fi
			:: else
			fi
#if RETRYSEM==1
		:: REPEATS -> if :: MINE -> ans[w]=OK :: else fi
#elif RETRYSEM==2
		:: REPEATS -> buf[s]!f,l; if :: MINE -> ans[w]=OK :: else fi
#endif
		/* adapters/snowpipe/fault.go:judgeChannel */
		:: REFUSED -> if :: MINE -> ans[w]=((ex[s] && !bad[s]) -> STALE : GONE) :: else fi
#endif
		fi; w=0; e=0; r=0; f=0; l=0 }
	:: atomic { len(net[s])>0 && faults>0 -> faults--; net[s]?w,e,r,f,l;   /* request lost */
		if :: MINE -> waiting[w]=false :: else fi; w=0; e=0; r=0; f=0; l=0 }
	:: atomic { len(buf[s])>0 -> buf[s]?f,l; commitBatch(s,f,l); f=0; l=0 }
	:: atomic { faults>0 && ex[s] && !bad[s] && (len(buf[s])>0 || live[2*s] || live[2*s+1]) -> faults--;
		newOpening(s); bad[s]=true; forgetAccepted(s); w=0; e=0; r=0; f=0; l=0 }        /* ERR_CHANNEL_MUST_BE_REOPENED */
#ifdef DROPS
	:: atomic { faults>0 && ex[s] && !ended[s] -> faults--;
#ifdef PARK_EXACT
		if :: !settled[s] -> dropped[s]=true :: else fi;
#else
		dropped[s]=true;
#endif
		dropChannel(s); w=0 }
#endif
#ifdef LATE_OPEN
	:: atomic { lateOpen[s] -> lateOpen[s]=false; newOpening(s); forgetAccepted(s); ex[s]=true; w=0; e=0; r=0; f=0; l=0 }
#endif
	od
}

/* ------------------------------------------------------------------------------------------- the lease table's acts -- */

inline clear(x) { x.at=NONE; x.k=0; x.say=LEFT; x.pass=false; x.end=false }

/* the row takes a write: adapters/leasetable/position.go:update+settle+end */
inline take(c, x) {
	if :: x.k>0 -> K[s]=x.k :: else fi;
	if
	:: x.say==FALSE -> settled[s]=false; same[s]=saw[c]
	:: x.say==TRUE -> settled[s]=true
	:: else
	fi;
#if SKIP>0
	if :: x.pass -> S[s]=odd[s] :: else fi;
#endif
	if :: x.end -> ended[s]=true; owner[s]=0; hold[2*s]=false; hold[2*s+1]=false; refuseAll(s) :: else fi
}
inline refuse(x) { if :: x.at==SENT -> clear(x) :: else fi }
inline refuseAll(s) { refuse(off[2*s]); refuse(dir[2*s]); refuse(off[2*s+1]); refuse(dir[2*s+1]) }
/* P18: a newer number landed, so that the older write of the two counts as made and will be refused */
#ifdef P18_NO_ORDER
#define OVERTAKEN(when, x) skip
#else
#define OVERTAKEN(when, x) if :: (when) -> refuse(x) :: else fi
#endif
inline landOffered(c) {
	off[c].at=NONE; take(c, off[c]); OVERTAKEN(offNewer[c], dir[c]); clear(off[c])
}
inline landDirect(c) {
	dir[c].at=NONE; take(c, dir[c]); OVERTAKEN(!offNewer[c], off[c]); clear(dir[c])
}

proctype LeaseTable(byte s) {
end:	do
	:: atomic { off[2*s].at!=NONE   -> landOffered(2*s) }
	:: atomic { off[2*s+1].at!=NONE -> landOffered(2*s+1) }
	:: atomic { dir[2*s].at!=NONE   -> landDirect(2*s) }
	:: atomic { dir[2*s+1].at!=NONE -> landDirect(2*s+1) }
	:: atomic { off[2*s].at==SENT   && faults>0 -> faults--; clear(off[2*s]) }         /* a renewal is lost */
	:: atomic { off[2*s+1].at==SENT && faults>0 -> faults--; clear(off[2*s+1]) }
	od
}

/* ------------------------------------------------------------------------------------------------- a unit's steps -- */

/* P18, P5: a claim of a free or dead lease (adapters/leasetable/lease.go:Claim), and the begin of a generation
   (adapters/leasetable/lease.go:Begin), each epoch+1, writeNo 0. Every write of an earlier generation is refused. */
inline beginGeneration(s) {
	owner[s]=n+1; hold[2*s]=false; hold[2*s+1]=false; hold[w]=true;
	clear(dir[w]);
#ifdef P18_NO_EPOCH
	refuse(off[2*s+1-n]); refuse(dir[2*s+1-n]); if :: off[w].at==SENT -> off[w].at=EVER :: else fi;
#else
	refuseAll(s);
#endif
#ifdef P5_NO_RECHECK
	mK[w]=K[s]; mSet[w]=settled[s]; mSame[w]=same[s];
#endif
	skip
}

/* actors/checkpoint_write.go:position - the newest position, and once more what was last said of settled: a write that a
   newer one overtakes counts as made, so the newer one has to say as much (P7) */
inline fill(x) { x.at=SENT; x.k=known; x.say=((say==FALSE_ASKED) -> FALSE : say); x.pass=passed }
inline offer() {                    /* actors/checkpoint_write.go:offer */
	fill(off[w]); offNewer[w]=true;
#ifdef P7_SAY_LESS
	off[w].say=LEFT;
#endif
#ifdef WRITES_NOW
	landOffered(w);
#endif
	skip
}
inline put() {                      /* actors/checkpoint_write.go:put */
	fill(dir[w]); offNewer[w]=false
}
#ifdef WRITES_NOW
#define NOW(c) landDirect(c)
#else
#define NOW(c) skip
#endif
#define IDLE_WRITER (dir[w].at==NONE)

#ifdef P5_NO_RECHECK
#define RK mK[w]
#define RSET mSet[w]
#else
#define RK K[s]
#define RSET settled[s]
#endif

/* actors/start.go:DecideStart; P7, P8, P12, P17. known = T of this opening; sm = the row's channelCreated is this
   opening's. stop = TOKEN_LOST */
inline decideStart(s) {
	stop=false;
	if
	:: known>0 ->
#if !defined(NO_LEASE) && !defined(NO_REGR) && !defined(P7_START_AT_K) && !defined(P5_NO_RECHECK)
		assert(K[s] <= known);                                 /* REGR */
#endif
#ifdef P8_AFTER_SEQ
		rd = 2*((known+1)/2) + 1
#else
		rd = known+1
#endif
	:: known==0 && RK>0 -> rd = RK+1
	:: known==0 && RK==0 ->
#ifdef P12_LATEST_AGAIN
		if :: start[s]==0 -> start[s]=prod[s]+1; last[s]=prod[s] :: else fi;
		rd = prod[s]+1
#elif LATEST==1
		if :: initial[s]==0 -> initial[s]=prod[s]+1; start[s]=initial[s]; last[s]=prod[s] :: else fi;
		rd = initial[s]
#else
		rd = 1
#endif
	fi;
#ifndef P7_NO_SETTLED
	if
#if P7_NO_CREATED==0
	:: known==0 && !RSET && !sm -> stop=true       /* the channel of the last appends is gone, token and all */
#elif P7_NO_CREATED==1
	:: known==0 && !RSET && RK>0 -> stop=true      /* no K: taken for "nothing was ever committed" */
#else
	:: known==0 && !RSET -> stop=true              /* no token and not settled: always */
#endif
	:: else
	fi;
#endif
#if SKIP>0
#ifdef P17_STALE
	if :: S[s]>known -> rd = S[s]+1 :: else fi;
#else
	if :: S[s]>=rd -> rd = S[s]+1 :: else fi;      /* it counts only at or ahead of the start already decided */
#endif
#endif
	rested = RSET
}

/* P7, actors/channel_append.go:refused, actors/checkpoint_write.go:settleAndEnd: nothing of this generation is in flight
   and it ends, so the row says so. The write is waited for, but not for ever. */
#ifdef P7_NO_UNDO
#define SETTLES false
#else
#define SETTLES (say!=LEFT && pend==0)
#endif

/* a node dies; its lease runs out (P18, actors/fleet.go:free). What it had sent may still arrive. */
inline crash(s) {
	faults--; owner[s]=(owner[s]==n+1 -> 0 : owner[s]); hold[w]=false;
#if SKIP==2
	probe=0; probeAt=0;
#endif
	skip
}

#if SKIP==2
#define SINGLE (probe>0)
#define PROBE_WAITS (probe>0 && pend>0)
#define IS_BURIED (probe==2 && ODD(s,rd))
#else
#define SINGLE false
#define PROBE_WAITS false
#define IS_BURIED false
#endif
#ifdef P17_EARLY
#define PASS_WHEN true
#else
#define PASS_WHEN (pend==0)
#endif
#if SKIP==1
#define SENDABLE(s) (rd<=AVAIL(s) && (!ODD(s,rd) || rd<AVAIL(s)))
#define LEADS(s) ODD(s,rd)          /* a record without rows comes first */
#else
#define SENDABLE(s) (rd<=AVAIL(s))
#define LEADS(s) false
#endif
/* actors/queue.go:draft - one record with rows, or two; records without rows ride along, before, between and behind */
inline draft(s) {
	sent = (LEADS(s) -> rd+1 : rd);
	if
	:: true
	:: sent<AVAIL(s) && !SINGLE -> sent++
#if SKIP==1
	:: sent+1<AVAIL(s) && (ODD(s,sent+1) || ODD(s,sent+2) || ODD(s,rd)) -> sent=sent+2
#endif
	fi
}
#define FORGET mr=0; rd=0; sent=0; known=0; pend=0; sm=false; say=LEFT; stop=false; rested=false; idled=false; passed=false; waiting[w]=false; ans[w]=0; waitRs[w]=0
#define MAYCLAIM (owner[s]==0 || owner[s]==n+1)

/* supervisor/unit.go:shardUnit with its reader, channel and checkpoint; owner and epoch are Lease's */
proctype Unit(byte n; byte s) {
	byte mr;                        /* row sequencer that the next append names */
	byte rd, sent;                  /* next position to append; end of the batch under way */
	byte known;                     /* T as last read back */
	byte pend;                      /* end of what is accepted and not known to be committed; 0 = nothing is in flight */
	byte say;                       /* settlement and settledState: what was last said of settled */
	bool sm, stop;                  /* of decideStart */
	bool rested, idled;             /* the row was settled at the start; this generation has repeated its position once */
	bool passed;                    /* this generation has asked for S */
	byte x, y, e, r, f, l, l2;
	byte w = 2*s + n;
#if SKIP==2
	byte probe, probeAt;            /* actors/probe.go: 1 = one record at a time, 2 = the culprit is known */
#endif

wanting:	/* supervisor/unit.go:want - the lease is held, or free, or another's */
	atomic { FORGET };
end:	if
	:: atomic { ended[s] -> goto finished }
	:: atomic { parked[s] -> goto gone }
	:: atomic { (!OVER(s) && ELIGIBLE(s) && MAYCLAIM) -> beginGeneration(s) }
#ifdef NO_LEASE
	:: atomic { (!OVER(s) && opens[s]<4 && !MAYCLAIM && ELIGIBLE(s)) -> skip }
#endif
	:: atomic { (!OVER(s) && faults>0 && !MAYCLAIM && ELIGIBLE(s)) -> faults--; beginGeneration(s) }   /* takeover: the other may live */
	fi;

opening:	/* P5, P6: actors/channel_open.go:open */
	if
#ifdef P5_STATUS_FIRST
	:: atomic { true -> known=tok[s] }; atomic { openChannel(s); sm=same[s] }
#elif defined(P7_START_AT_K)
	:: atomic { known=K[s]; openChannel(s); sm=same[s] }
#else
	:: atomic { MAYOPEN(s) -> openChannel(s); known=tok[s]; sm=same[s] }
#endif
#if OPENSEM==4
	:: atomic { len(buf[s])>0 && (live[2*s] || live[2*s+1]) -> newOpening(s); w=2*s+n; e=0; r=0; f=0; l=0; goto opening }
#endif
	:: atomic { faults>0 && MAYOPEN(s) -> faults--; openChannel(s); goto opening }     /* answer lost: asked again, same lease */
#ifdef LATE_OPEN
	:: atomic { faults>0 && MAYOPEN(s) && !lateOpen[s] -> faults--; lateOpen[s]=true; goto opening }   /* given up, still under way */
#endif
	:: atomic { faults>0 -> crash(s); goto wanting }
	fi;

rechecking:	/* P5: actors/channel_open.go:recheck+decide - one conditional renewal, which returns the row */
#ifdef P5_NO_RECHECK
	atomic { sm=mSame[w]; decideStart(s) };
	if
	:: atomic { stop -> assert(dropped[s]); parked[s]=true; goto gone }
	:: atomic { !stop }
	fi;
#else
	if
	:: atomic { HOLD ->
#ifdef NO_LEASE
		sm=same[s];
#endif
		decideStart(s);
		if
		:: stop ->
#ifdef SHOW_PARK
			assert(!parked[s] && !stop);                       /* PARKABLE */
#endif
			assert(dropped[s]);                                /* PARK */
#if RESOLVE>0
			goto stopped
#else
			parked[s]=true; goto gone                          /* supervisor/unit_report.go:park */
#endif
		:: else
		fi }
	:: atomic { !HOLD -> goto wanting }
	:: atomic { faults>0 -> crash(s); goto wanting }
	fi;
#endif
#ifdef P7_SEED
	if                              /* no token, K, settled: open again with offset_token = K */
	:: atomic { known==0 && rd>1 -> openChannel(s); tok[s]=rd-1; known=rd-1 };
		if :: atomic { HOLD } :: atomic { !HOLD -> goto wanting } fi
	:: atomic { !(known==0 && rd>1) }
	fi;
#endif

flowing:
	do
	/* -- P7: settled = false, answered, before the first append after an open or a rest.
	      actors/channel_seal.go:seal, actors/checkpoint_write.go:unsettle -- */
#ifndef P7_NO_RESET
#ifndef P7_RESET_AFTER
	:: atomic { say!=FALSE && say!=FALSE_ASKED && SENDABLE(s) && IDLE_WRITER && HOLD -> say=FALSE_ASKED; put(); NOW(w) }
#ifdef P7_NOT_ANSWERED
	:: atomic { say==FALSE_ASKED -> say=FALSE }
#else
	:: atomic { say==FALSE_ASKED && IDLE_WRITER && HOLD -> say=FALSE }
#endif
#else
	:: atomic { say!=FALSE && pend>0 && IDLE_WRITER && HOLD -> say=FALSE; put(); NOW(w) }
#endif
#endif
	/* -- P10, P11: one batch in flight. actors/channel_seal.go:seal, actors/channel_append.go:send+attempts -- */
#if defined(P7_NO_RESET) || defined(P7_RESET_AFTER)
	:: atomic { SENDABLE(s) && !PROBE_WAITS && !IS_BURIED && len(net[s])<2 ->
#else
	:: atomic { say==FALSE && SENDABLE(s) && !PROBE_WAITS && !IS_BURIED && len(net[s])<2 ->
#endif
		draft(s);
		waiting[w]=true; ans[w]=0; waitRs[w]=mr; net[s]!w,live[w],mr,rd,sent }
		if
		:: atomic { ans[w]==OK -> ans[w]=0; waiting[w]=false; mr++; rd=sent+1; pend=sent;    /* actors/channel_append.go:accepted */
#ifdef P14_ON_ACK
			if :: HOLD -> K[s]=sent :: else fi;
#endif
			sent=0; if :: rd==ROWS(s)+1 -> readEnd[s]=true :: else fi }
		:: atomic { ans[w]==STALE ->                                                         /* P19: fenced */
#ifdef P7_SETTLE_FENCED
			goto settling
#else
			goto wanting
#endif
			}
		:: atomic { ans[w]==GONE -> goto settling }
#if SKIP==2
		:: atomic { ans[w]==ROWS_NO ->                                                       /* P13, actors/probe.go:Failed */
			if
			:: probe>0 && probeAt==known && rd==sent -> probe=2; assert(ODD(s,rd))         /* BURY */
			:: else -> probe=1
			fi;
			probeAt=known; goto settling }
#endif
		:: atomic { !waiting[w] || faults>0 ->                                               /* no answer in time */
			if :: waiting[w] -> faults-- :: else fi;
			waiting[w]=false; ans[w]=0;
#ifdef P13_KILLS_COUNT
			if :: probe>0 && rd==sent -> probe=2; assert(ODD(s,rd)) :: else -> probe=1 fi;
#endif
#ifdef P11_NO_RETRY
			goto wanting }
#else
			waiting[w]=true; waitRs[w]=mr+8;                                                 /* the same bytes, the same token */
#ifdef P11_OTHER_BYTES
			draft(s);
#endif
			if :: len(net[s])<2 -> net[s]!w,live[w],mr+8,rd,sent :: len(net[s])==2 -> goto wanting fi }
			if
			:: atomic { ans[w]==OK -> ans[w]=0; waiting[w]=false; mr++; rd=sent+1; pend=sent; sent=0;
				if :: rd==ROWS(s)+1 -> readEnd[s]=true :: else fi }
			:: atomic { ans[w]>=STALE -> goto wanting }        /* the first attempt may have counted: not settled */
			:: atomic { !waiting[w] || faults>0 -> if :: waiting[w] -> faults-- :: else fi; goto wanting }
			fi
#endif
#ifdef P10_PIPELINE
		:: atomic { waiting[w] && sent<AVAIL(s) && len(net[s])<2 && ans[w]==0 ->
			rd = sent+1; sent = rd; net[s]!w,live[w],mr,rd,sent }
			if
			:: atomic { ans[w]==OK -> ans[w]=0; waiting[w]=false; mr++; rd=sent+1; pend=sent; sent=0;
				if :: rd==ROWS(s)+1 -> readEnd[s]=true :: else fi }
			:: atomic { ans[w]>=STALE -> goto wanting }
			:: atomic { !waiting[w] -> goto wanting }
			fi
#endif
#ifdef P10_NO_REWIND
		:: atomic { faults>0 -> faults--; waiting[w]=false; ans[w]=0; openChannel(s); rd=sent+1; sent=0 }
#endif
		fi

#ifndef P14_ON_ACK
	/* -- P14: T read back moves K, on the next renewal. actors/channel_commit.go:status, actors/checkpoint.go:committed -- */
	:: atomic { tok[s]>known && tok[s]<=pend ->
		known=tok[s]; if :: pend<=known -> pend=0 :: else fi;
#ifdef P7_TRUE_EARLY
		say=TRUE; rested=true;
#endif
#if SKIP==2
		probe=(known>probeAt -> 0 : probe);                    /* actors/probe.go:Committed */
#endif
		if :: off[w].at==NONE && HOLD -> offer() :: else fi }  /* else the newest waits for the next one */
	:: atomic { tok[s]>known && tok[s]>pend -> goto wanting }  /* P16: no batch end of mine: another writer */
	/* -- P9: an idle shard repeats its position. actors/channel_pass.go:idle -- */
	:: atomic { !idled && (say==TRUE || say==FALSE_ASKED) && off[w].at==NONE && HOLD -> idled=true; offer() }
	/* -- P7: a rest settles the row. actors/channel_pass.go:rest, actors/checkpoint_write.go:settle -- */
	:: atomic { pend==0 && IDLE_WRITER && (say==FALSE || (say==LEFT && !rested)) && HOLD -> say=TRUE; rested=true; put(); NOW(w) }
#endif
#if SKIP==1
	/* -- P17: records without rows that no token can carry. actors/channel_pass.go:pass+passOver; S, K and settled
	      = true travel in one write (actors/checkpoint_write.go:pass) -- */
	:: atomic { ODD(s,rd) && PASS_WHEN && IDLE_WRITER && HOLD -> rd++; passed=true;
#ifndef P17_EARLY
		say=TRUE;
#endif
		put(); NOW(w); if :: rd==ROWS(s)+1 -> readEnd[s]=true :: else fi }
#elif SKIP==2
	/* -- P13: the culprit goes to the dead letters, and S passes it, before anything else is appended.
	      actors/channel_bury.go:bury, actors/channel_pass.go:passBuried -- */
	:: atomic { IS_BURIED && say==FALSE && pend==0 && IDLE_WRITER && HOLD -> rd++; passed=true; say=TRUE; probe=0;
		put(); NOW(w); if :: rd==ROWS(s)+1 -> readEnd[s]=true :: else fi }
#endif
	/* -- P19: a write came back refused. actors/checkpoint_write.go:written, actors/lease_drop.go:lost -- */
	:: atomic { !HOLD -> goto wanting }
	/* -- P16: nothing is committed any more, or the channel is gone or bad. actors/channel_commit.go:askStatus -- */
	:: atomic { pend>0 && !live[w] -> goto wanting }
	:: atomic { pend==0 && !ex[s] && say!=LEFT -> goto settling }           /* actors/channel_commit.go:gone */
	:: atomic { pend==0 && bad[s] -> goto wanting }            /* actors/channel_commit.go:unhealthy */

	/* -- P23: SHARD_END once everything handed on is committed or passed. actors/channel_pass.go:finish,
	      actors/checkpoint_write.go:endShard -- */
#ifdef P23_ON_READ
	:: atomic { rd==ROWS(s)+1 && HOLD -> ended[s]=true; owner[s]=0; goto finished }
#elif defined(P14_ON_ACK)
	:: atomic { rd==ROWS(s)+1 && HOLD -> ended[s]=true; owner[s]=0; goto finished }
#elif defined(P23_DROP_FIRST)
	:: atomic { rd==ROWS(s)+1 && pend==0 && HOLD -> dropChannel(s); w=2*s+n };
		if
		:: atomic { HOLD -> ended[s]=true; owner[s]=0; goto finished }
		:: atomic { !HOLD -> goto wanting }
		:: atomic { faults>0 -> crash(s); goto wanting }
		fi
#else
	:: atomic { rd==ROWS(s)+1 && pend==0 && IDLE_WRITER && HOLD -> say=TRUE; put(); dir[w].end=true; NOW(w) };
		goto ending
#ifdef P23_DROP_ANYWAY
	:: atomic { rd==ROWS(s)+1 && pend==0 && !HOLD -> dropChannel(s); w=2*s+n; goto wanting }
#endif
#endif
	/* -- P21: another node asks for the shard, or this one leaves. supervisor/unit_wind.go:windDown+flushed+windLate -- */
	:: atomic { moves>0 && IDLE_WRITER && HOLD && pend==0 -> moves--; say=TRUE; put(); NOW(w); goto leaving }
	:: atomic { moves>0 && IDLE_WRITER && HOLD && pend>0 -> moves--;                  /* late: what is committed */
#ifdef P21_SETTLED
		say=TRUE;
#endif
		put(); NOW(w); goto leaving }
	/* -- an actor panics: the generation ends, the lease stays. supervisor/unit_end.go:HandleFailure+ended -- */
	:: atomic { faults>0 && HOLD -> faults--; goto wanting }
	:: atomic { faults>0 -> crash(s); goto wanting }
	od;

settling:	/* P7: the last write of a generation that ends by a fault, behind what is under way, waited for 5 s
	   (actors/checkpoint_write.go:settleAndEnd) */
	do
	:: atomic { SETTLES && HOLD && IDLE_WRITER && say!=TRUE -> say=TRUE; put(); NOW(w) }
	:: atomic { SETTLES && HOLD && !IDLE_WRITER && faults>0 -> faults--; break }
	:: atomic { !(SETTLES && HOLD) || (IDLE_WRITER && say==TRUE) -> break }
	od;
	goto wanting;

leaving:	/* supervisor/unit_wind.go:concluded+giveUp; actors/lease_renew.go:start, actors/lease_handoff.go:heir */
	if
	:: atomic { IDLE_WRITER }
	:: atomic { faults>0 -> faults-- }                                     /* it took too long: lateEnd */
	:: atomic { faults>0 -> crash(s); goto wanting }
	fi;
	if
	:: atomic { HOLD -> hold[w]=false; owner[s]=0; refuseAll(s) }          /* adapters/leasetable/lease.go:Release */
	:: atomic { HOLD -> hold[w]=false; owner[s]=2-n; refuseAll(s) }        /* adapters/leasetable/lease.go:HandOff, epoch+1 */
	:: atomic { !HOLD }
	:: atomic { faults>0 -> crash(s) }
	fi;
	goto wanting;

#if RESOLVE>0
stopped:	/* a human says where to go on: supervisor/unit_resolve.go:carryOut, supervisor/resolution.go:planResolution */
	if
#if RESOLVE==1
	:: atomic { x=last[s] }         /* --from table: its highest position of the shard */
#else
	:: atomic { x=K[s] }            /* --from checkpoint: what lies behind it was in flight, and may be in the table */
#endif
	:: atomic { !HOLD -> goto wanting }
	fi;
	if
	:: atomic { HOLD -> K[s]=x; S[s]=0; settled[s]=true; refuseAll(s) }    /* adapters/leasetable/position.go:ResolvePosition */
	:: atomic { !HOLD }
	:: atomic { faults>0 -> crash(s) }
	fi;
	atomic { x=0; goto wanting };
#endif

ending:	/* SHARD_END is repeated until it is answered; it gives the lease up in the same write */
	if
	:: atomic { ended[s] }
	:: atomic { !ended[s] && !HOLD -> goto wanting }
	:: atomic { faults>0 -> faults--; goto wanting }
	:: atomic { faults>0 -> crash(s); goto wanting }
	fi;
finished:
#ifdef P23_DROP
	/* -- P23: the channel is dropped by whoever finds SHARD_END in the table, or never. That it is counted before, and
	      marked after, moves nothing here. actors/ended.go:stepAfterEnd+dropDue, actors/drops.go:sweep+step -- */
	if
#ifdef P23_LATE
	:: atomic { (ex[s] && len(net[s])==0 && !lateOpen[s]) -> dropChannel(s); w=2*s+n }
#else
	:: atomic { ex[s] -> dropChannel(s); w=2*s+n }
#endif
	:: atomic { !ex[s] }
	:: atomic { (ex[s] && faults>0) -> faults-- }
	fi;
#endif
gone:	atomic { FORGET }
}

/* ends when every shard is complete or parked; otherwise spin reports an invalid end state */
proctype Oracle() {
	byte i;
	d_step { i=0 };
	(ALL_OVER);
	atomic {
		i=0;
		do
		:: i<NSH ->
#if !defined(P23_ON_READ) && !defined(P14_ON_ACK) && LATEST==0
			assert(FULL(i) || !ended[i]);                      /* SHARD_END: the table holds everything */
#endif
			i++
		:: i>=NSH -> break
		od
	}
	timeout;
	atomic { i=0; do :: i<NSH -> assert(FULL(i) || !ended[i]); i++ :: i>=NSH -> break od }
}

init {
	byte i;
	atomic {
		i=0;
		do
		:: i<NSH ->
#if SKIP>0
			if :: true :: odd[i]=1 :: ROWS(i)>=2 -> odd[i]=2 :: odd[i]=ROWS(i) fi;
#endif
			run Snowpipe(i); run LeaseTable(i); run Unit(0,i); run Unit(1,i);
#if LATEST>0
			run Producer(i);
#endif
			i++
		:: i>=NSH -> break
		od;
		run Oracle()
	}
}
