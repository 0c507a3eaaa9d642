BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE "assignment" (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	grader_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	round INTEGER DEFAULT '0' NOT NULL, 
	purpose VARCHAR(20) DEFAULT '' NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	given VARCHAR(40) DEFAULT '' NOT NULL, 
	due VARCHAR(10), 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_assignment_round UNIQUE (image_id, grader_id, round), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id)
);
INSERT INTO "assignment" VALUES(1,1,1,'submitted',8,0,'',0,'',NULL,'');
INSERT INTO "assignment" VALUES(2,1,2,'submitted',8,0,'',0,'',NULL,'');
INSERT INTO "assignment" VALUES(3,1,3,'submitted',8,0,'',0,'',NULL,'');
INSERT INTO "assignment" VALUES(4,2,1,'in progress',2,0,'',0,'',NULL,'');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	who VARCHAR(100) NOT NULL, 
	what VARCHAR(30) NOT NULL, 
	subject VARCHAR(100) NOT NULL, 
	detail TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-12-01T01:19:52.717345+00:00','system','create','study','{"created": "2026-12-01T01:19:52.424428+00:00", "id": "618ae5ee69924679a1fb16e4ff6b89dc", "pseudonym_key": "3860c67eed5963608cf2466361ea0dc2cccdb19c88ad5462e688004b04742b74", "software_version": "0.1.0"}','27b2f2b2951a7c63c3e3b63229bc49668c6258da37347e3f26cd670851f8c492');
INSERT INTO "audit" VALUES(2,'2026-12-01T01:19:53.342712+00:00','system','import','image:1','{"acquired": "", "bscan": 0, "bscans": 0, "eye": "OD", "file": "10/1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5.png", "height": 40, "imported": "2026-12-01T01:19:53.340611+00:00", "modality": "fundus", "name": "p1_OD", "patient": "P-395d1ed600a5", "sha256": "1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5", "source_name": "", "source_sha256": "ab3d3132581e8c185dc0c6dcaf1b39e14163475d2e5fa49aa205b0522c1d0e38", "spacing_x": null, "spacing_y": null, "split": "", "volume": "", "width": 60}','f736df749146cf58074ed8a30f2e257eb31d4f9638a82ab5f272700f20cf5985');
INSERT INTO "audit" VALUES(3,'2026-12-01T01:19:53.518570+00:00','system','import','image:2','{"acquired": "", "bscan": 0, "bscans": 0, "eye": "OS", "file": "b8/b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3.png", "height": 40, "imported": "2026-12-01T01:19:53.517805+00:00", "modality": "fundus", "name": "p1_OS", "patient": "P-395d1ed600a5", "sha256": "b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3", "source_name": "", "source_sha256": "69d61d5ac16caa9aa05e5b8ba322730a98ac991ae91b7fd1d1462542cc137b54", "spacing_x": null, "spacing_y": null, "split": "", "volume": "", "width": 60}','9d952528d49515c3706d5eec4d500dcc25918468f207e16018b1a4615f7a2a92');
INSERT INTO "audit" VALUES(4,'2026-12-01T01:19:53.748184+00:00','system','add grader','grader:1','{"joined": "2026-12-01T01:19:53.626418+00:00", "left": null, "name": "Ada", "passphrase": "", "role": "grader"}','27de1f2ea248f276d0a92c3866dd6d9b4f6230baecf42014476592ed906b077d');
INSERT INTO "audit" VALUES(5,'2026-12-01T01:19:53.849405+00:00','system','add grader','grader:2','{"joined": "2026-12-01T01:19:53.848917+00:00", "left": null, "name": "Ben", "passphrase": "", "role": "grader"}','72c987bfb39b6871bb7da48a8b6ae1324752dbbf3d1a0e78002b365168df1e92');
INSERT INTO "audit" VALUES(6,'2026-12-01T01:19:53.967723+00:00','system','add grader','grader:3','{"joined": "2026-12-01T01:19:53.939094+00:00", "left": null, "name": "Cleo", "passphrase": "", "role": "grader"}','8cb569c14ad23158f92cf561983aeda1bd6ccf4a27c1c75d2626bb32a611e408');
INSERT INTO "audit" VALUES(7,'2026-12-01T01:19:54.069435+00:00','system','add grader','grader:4','{"joined": "2026-12-01T01:19:54.068830+00:00", "left": null, "name": "Weber", "passphrase": "", "role": "adjudicator"}','c82e4a8a5bef35e95ff730781e707023a316dac5fd7d7fb6384ebe8d57e1db68');
INSERT INTO "audit" VALUES(8,'2026-12-01T01:19:54.502100+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "82e154746cf54a4780b684a479ca8257", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "started": {"assignment": 1, "created": "2026-12-01T01:19:54.366644+00:00", "grader": 1, "round": 0}, "title": "Add OD"}','4e7fd4e48a8d36b6182e9bd71baba40b3d4f06715f4dafc0ab0ade80f53543e4');
INSERT INTO "audit" VALUES(9,'2026-12-01T01:19:54.657245+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "29a7947014754d39a1ff21f2520f0e7b", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','d60d9fb526bf86ad6cb2b08e2a19834eca4146acd0155dde4166ff5b7b1b9637');
INSERT INTO "audit" VALUES(10,'2026-12-01T01:19:54.714354+00:00','Ada','undo','image:1/grading:1','{"edit": 9}','f761597dd53ba9b0fdc625d9ec2c0460450f457a26d63ef02681042c9517e703');
INSERT INTO "audit" VALUES(11,'2026-12-01T01:19:54.881494+00:00','Ada','redo','image:1/grading:1','{"edit": 9}','69ed588a31b9a8a10f2264d442561c7aa8355f4512e0697fad31ccca7236bef9');
INSERT INTO "audit" VALUES(12,'2026-12-01T01:19:54.954169+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "82e154746cf54a4780b684a479ca8257", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "82e154746cf54a4780b684a479ca8257", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','5777ea35801fd285f9293cf7eb5ea23722c010329cf45c4c43296bb062e9a790');
INSERT INTO "audit" VALUES(13,'2026-12-01T01:19:55.086344+00:00','Ada','edit','image:1/grading:1','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','38c595badd7151612b850d921520d7ed596e2c12c838542738e18286fce714b0');
INSERT INTO "audit" VALUES(14,'2026-12-01T01:19:55.161537+00:00','Ada','edit','image:1/grading:1','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','3d1f42d570430c9ccaf470951f0c5b1861bda6ada710a99e1ca4f7398116f348');
INSERT INTO "audit" VALUES(15,'2026-12-01T01:19:55.362562+00:00','Ada','submit','image:1/grading:1','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "82e154746cf54a4780b684a479ca8257", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "29a7947014754d39a1ff21f2520f0e7b", "label": "MA", "origin": "drawn"}], "signature": {"at": "2026-12-01T01:19:55.272857+00:00", "meaning": "These labels were read from files.", "name": "Ada"}}','fc6e16f218820873e3bd9ab136a8e9f7dfba6154e3e387f55af30564ea1495c6');
INSERT INTO "audit" VALUES(16,'2026-12-01T01:19:55.482945+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "71cdcfae39554dbf8b172b0d112b2e14", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "started": {"assignment": 2, "created": "2026-12-01T01:19:55.482131+00:00", "grader": 2, "round": 0}, "title": "Add OD"}','2d9a863ef54978105a5098a584cf42e0012551605cec8c6affd9d42da59082ab');
INSERT INTO "audit" VALUES(17,'2026-12-01T01:19:55.608759+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "0d9f32aee4224e6394e24c98118be230", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','1567060046579f5b56e901edacda7d74717f2ede784235db5e8b8921bfa17bb6');
INSERT INTO "audit" VALUES(18,'2026-12-01T01:19:55.716870+00:00','Ben','undo','image:1/grading:2','{"edit": 17}','342251c2ded8f783efe8480201441ddaecef82f5a35de1c86b67a4b280e1a354');
INSERT INTO "audit" VALUES(19,'2026-12-01T01:19:55.812890+00:00','Ben','redo','image:1/grading:2','{"edit": 17}','2f64e60f2eb46938f58a21c4be08cd62f338d51aedd4674bda595b37bc299cce');
INSERT INTO "audit" VALUES(20,'2026-12-01T01:19:55.960665+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "71cdcfae39554dbf8b172b0d112b2e14", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "71cdcfae39554dbf8b172b0d112b2e14", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','a2de2d694028987d2f6246637542819d57d66cd97df73e34474bd3eec1bd748a');
INSERT INTO "audit" VALUES(21,'2026-12-01T01:19:56.024568+00:00','Ben','edit','image:1/grading:2','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','e32f7de70e4e1f064ebaf8f8a2365dce1255df59c4c985d3db800d859b1e7605');
INSERT INTO "audit" VALUES(22,'2026-12-01T01:19:56.117044+00:00','Ben','edit','image:1/grading:2','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','a5e9300e4fa7ef8bf3ef682d1878fa8a67326921550ef6a12b575e8a1445bff6');
INSERT INTO "audit" VALUES(23,'2026-12-01T01:19:56.154094+00:00','Ben','submit','image:1/grading:2','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "71cdcfae39554dbf8b172b0d112b2e14", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "0d9f32aee4224e6394e24c98118be230", "label": "MA", "origin": "drawn"}], "signature": {"at": "2026-12-01T01:19:56.152843+00:00", "meaning": "These labels were read from files.", "name": "Ben"}}','574e4723796d555fdb04f7f1901c65e59a1fc5527bb42db4cc2e0cb0f0ea95ae');
INSERT INTO "audit" VALUES(24,'2026-12-01T01:19:56.334603+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "6e9b0a82df60415dba0d8a2bd2dd873d", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "started": {"assignment": 3, "created": "2026-12-01T01:19:56.333918+00:00", "grader": 3, "round": 0}, "title": "Add OD"}','b10384c192eaaab529b7801d87a6a10cb29ae49eece382271baef11729f94ebc');
INSERT INTO "audit" VALUES(25,'2026-12-01T01:19:56.418126+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "2fbf6b9d46934a148c55d9bf4b0d9567", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','7673c9b803d3e2eba00879ada5bb9d1e4210af13e908bf36d9f9faddd90ec958');
INSERT INTO "audit" VALUES(26,'2026-12-01T01:19:56.520773+00:00','Cleo','undo','image:1/grading:3','{"edit": 25}','d91b0134275b29cd26f56f14d3f5b247de5f35039c2ca90b8331911e1cb24539');
INSERT INTO "audit" VALUES(27,'2026-12-01T01:19:56.564856+00:00','Cleo','redo','image:1/grading:3','{"edit": 25}','70fab46dde1cfa191b3cc14b2cb5e434b72eb6feea629321d0078cc7d58af25d');
INSERT INTO "audit" VALUES(28,'2026-12-01T01:19:56.692643+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "6e9b0a82df60415dba0d8a2bd2dd873d", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "6e9b0a82df60415dba0d8a2bd2dd873d", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','9439698bc335e478d53daa2ec6e366847556ea46f7c795252ab7d3e158c53339');
INSERT INTO "audit" VALUES(29,'2026-12-01T01:19:56.740548+00:00','Cleo','edit','image:1/grading:3','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','367cc9fc560df8a7ca4cea604cfa7ec8823a96477fceb342138f61f97d8c7377');
INSERT INTO "audit" VALUES(30,'2026-12-01T01:19:56.812594+00:00','Cleo','edit','image:1/grading:3','{"after": 2, "before": null, "edit": "grade", "scale": "dr"}','af32a249bc47f320dad5ed992aac4284c2332b0fa6f25efd20a33ae418a974f2');
INSERT INTO "audit" VALUES(31,'2026-12-01T01:19:56.942246+00:00','Cleo','submit','image:1/grading:3','{"absent": [], "comment": "", "grades": {"dr": 2, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "6e9b0a82df60415dba0d8a2bd2dd873d", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "2fbf6b9d46934a148c55d9bf4b0d9567", "label": "MA", "origin": "drawn"}], "signature": {"at": "2026-12-01T01:19:56.940800+00:00", "meaning": "These labels were read from files.", "name": "Cleo"}}','4afb4129c653a7ee8fbff9916b19323a6e72d9e73e968d62fd258f1e594e2749');
INSERT INTO "audit" VALUES(32,'2026-12-01T01:19:57.180529+00:00','Ada','edit','image:2/grading:4','{"after": "blurred at the edge", "before": "", "edit": "comment", "started": {"assignment": 4, "created": "2026-12-01T01:19:57.063337+00:00", "grader": 1, "round": 0}}','d9f4720b940b003a8360556fa9f0f6cdec74cd07e0e8fe6037e11fcfacd24405');
INSERT INTO "audit" VALUES(33,'2026-12-01T01:19:57.252657+00:00','Ada','edit','image:2/grading:4','{"after": [{"geometry": {"kind": "point", "x": 20.0, "y": 21.0}, "id": "c7d86e4607fa4e03983f31fc1cb972f0", "label": "fovea", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add fovea"}','fb2e02730a39b7df9868bb9f9b78690ee8ceb1baadf59997d5fe798fe9fe9624');
INSERT INTO "audit" VALUES(34,'2026-12-01T01:19:59.693505+00:00','system','vote','image:1','{"agreement": "5e0fcaf67663576896fd4728879c57d7c4c6efd2b2faf785d6c4af66f1cae2ef", "basis": "db9f81c2168f372885863eabb28ff0caece7e8eff1cbcf33f79b0dae94671b1f", "before": null, "outcome": "9e2ddbf731c87c187fc121fd36c189bfa0368170d2520c5ebea1216286e54d1d", "settled": "2026-12-01T01:19:59.691845+00:00", "state": "settled"}','ab7a4d274b92d3198d8c9461a5bfc353d5f0a8d278794056250f27bc6d1da974');
INSERT INTO "audit" VALUES(35,'2026-12-01T01:20:00.002396+00:00','Ada','set','setting:required_grades','{"before": null, "value": ["dr"]}','0c9fc52cb604f92278382d8ef2547c2badbb5fb916f26d2dcfe60a0c29101849');
CREATE TABLE certification (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	marks TEXT NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE certification_image (
	certification_id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	reference TEXT NOT NULL, 
	PRIMARY KEY (certification_id, image_id), 
	FOREIGN KEY(certification_id) REFERENCES certification (id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
CREATE TABLE certification_result (
	id INTEGER NOT NULL, 
	certification_id INTEGER NOT NULL, 
	grader_id INTEGER NOT NULL, 
	passed BOOLEAN NOT NULL, 
	scores TEXT NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(certification_id) REFERENCES certification (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id)
);
CREATE TABLE consensus (
	image_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	outcome TEXT NOT NULL, 
	settled VARCHAR(40) NOT NULL, basis VARCHAR(64) DEFAULT '' NOT NULL, agreement TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (image_id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
INSERT INTO "consensus" VALUES(1,'settled','{"grades": {"dr": 1, "gradability": "good"}, "items": [], "labels": {"CWS": "none", "FiP": "none", "HaEx": "none", "MA": "mask", "NV": "none", "OD": "mask", "iHE": "none", "pHE": "none", "vHE": "none"}, "point_rules": {}, "points": {}, "reasons": [], "shapes": [{"compliant": true, "members": {"Ada": ["29a7947014754d39a1ff21f2520f0e7b"], "Ben": ["0d9f32aee4224e6394e24c98118be230"], "Cleo": ["2fbf6b9d46934a148c55d9bf4b0d9567"]}, "note": "", "rule": "3/3", "shape": {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "consensus-063984179395", "label": "MA", "origin": "consensus"}}, {"compliant": true, "members": {"Ada": ["82e154746cf54a4780b684a479ca8257"], "Ben": ["71cdcfae39554dbf8b172b0d112b2e14"], "Cleo": ["6e9b0a82df60415dba0d8a2bd2dd873d"]}, "note": "", "rule": "majority", "shape": {"geometry": {"kind": "polygon", "points": [[28.5, 27.0], [27.5, 27.0], [26.5, 26.0], [25.5, 26.0], [25.0, 25.5], [25.0, 24.5], [23.0, 22.5], [23.0, 17.5], [25.0, 15.5], [25.0, 14.5], [25.5, 14.0], [26.5, 14.0], [27.5, 13.0], [28.5, 13.0], [29.5, 12.0], [34.5, 12.0], [35.5, 13.0], [36.5, 13.0], [37.5, 14.0], [38.5, 14.0], [39.0, 14.5], [39.0, 15.5], [41.0, 17.5], [41.0, 22.5], [39.0, 24.5], [39.0, 25.5], [38.5, 26.0], [37.5, 26.0], [36.5, 27.0], [35.5, 27.0], [34.5, 28.0], [29.5, 28.0]]}, "id": "consensus-eb402ac25827", "label": "OD", "origin": "consensus"}}], "state": "settled", "votes": {"dr": {"Ada": 1, "Ben": 1, "Cleo": 2}, "gradability": {"Ada": "good", "Ben": "good", "Cleo": "good"}}}','2026-12-01T01:19:59.691845+00:00','db9f81c2168f372885863eabb28ff0caece7e8eff1cbcf33f79b0dae94671b1f','{"graders": {"Ada": {"CWS": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "FiP": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "HaEx": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "MA": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "NV": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "OD": {"dice": 0.9298245614035088, "extra": 0, "found": 1, "iou": 0.8688524590163934, "missed": 0}, "iHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "pHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "vHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}}, "Ben": {"CWS": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "FiP": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "HaEx": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "MA": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "NV": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "OD": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "iHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "pHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "vHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}}, "Cleo": {"CWS": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "FiP": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "HaEx": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "MA": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "NV": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "OD": {"dice": 0.9298245614035088, "extra": 0, "found": 1, "iou": 0.8688524590163934, "missed": 0}, "iHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "pHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "vHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}}}, "pairs": [["Ada", "Ben", {"CWS": 1.0, "FiP": 1.0, "HaEx": 1.0, "MA": 1.0, "NV": 1.0, "OD": 0.9298245614035088, "iHE": 1.0, "pHE": 1.0, "vHE": 1.0}], ["Ada", "Cleo", {"CWS": 1.0, "FiP": 1.0, "HaEx": 1.0, "MA": 1.0, "NV": 1.0, "OD": 0.8596491228070176, "iHE": 1.0, "pHE": 1.0, "vHE": 1.0}], ["Ben", "Cleo", {"CWS": 1.0, "FiP": 1.0, "HaEx": 1.0, "MA": 1.0, "NV": 1.0, "OD": 0.9298245614035088, "iHE": 1.0, "pHE": 1.0, "vHE": 1.0}]], "points": {"Ada": {}, "Ben": {}, "Cleo": {}}}');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	item VARCHAR(120) NOT NULL, 
	action VARCHAR(20) NOT NULL, 
	detail TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	grader_id INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id)
);
CREATE TABLE edit (
	id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	audit_id INTEGER NOT NULL, token VARCHAR(32), 
	PRIMARY KEY (id), 
	FOREIGN KEY(audit_id) REFERENCES audit (id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "edit" VALUES(1,1,1,'applied',8,NULL);
INSERT INTO "edit" VALUES(2,1,2,'applied',9,NULL);
INSERT INTO "edit" VALUES(3,1,3,'applied',12,NULL);
INSERT INTO "edit" VALUES(4,1,4,'applied',13,NULL);
INSERT INTO "edit" VALUES(5,1,5,'applied',14,NULL);
INSERT INTO "edit" VALUES(6,2,1,'applied',16,NULL);
INSERT INTO "edit" VALUES(7,2,2,'applied',17,NULL);
INSERT INTO "edit" VALUES(8,2,3,'applied',20,NULL);
INSERT INTO "edit" VALUES(9,2,4,'applied',21,NULL);
INSERT INTO "edit" VALUES(10,2,5,'applied',22,NULL);
INSERT INTO "edit" VALUES(11,3,1,'applied',24,NULL);
INSERT INTO "edit" VALUES(12,3,2,'applied',25,NULL);
INSERT INTO "edit" VALUES(13,3,3,'applied',28,NULL);
INSERT INTO "edit" VALUES(14,3,4,'applied',29,NULL);
INSERT INTO "edit" VALUES(15,3,5,'applied',30,NULL);
INSERT INTO "edit" VALUES(16,4,1,'applied',32,NULL);
INSERT INTO "edit" VALUES(17,4,2,'applied',33,NULL);
CREATE TABLE gist (
	proposal_id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	model VARCHAR(20) NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (proposal_id), 
	FOREIGN KEY(proposal_id) REFERENCES proposal (id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
CREATE TABLE grader (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	role VARCHAR(20) NOT NULL, passphrase VARCHAR(200) DEFAULT '' NOT NULL, joined VARCHAR(40) DEFAULT '' NOT NULL, "left" VARCHAR(40), 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "grader" VALUES(1,'Ada','grader','','2026-12-01T01:19:53.626418+00:00',NULL);
INSERT INTO "grader" VALUES(2,'Ben','grader','','2026-12-01T01:19:53.848917+00:00',NULL);
INSERT INTO "grader" VALUES(3,'Cleo','grader','','2026-12-01T01:19:53.939094+00:00',NULL);
INSERT INTO "grader" VALUES(4,'Weber','adjudicator','','2026-12-01T01:19:54.068830+00:00',NULL);
CREATE TABLE grading (
	id INTEGER NOT NULL, 
	assignment_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	grades TEXT NOT NULL, 
	absent TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	submitted VARCHAR(40), signature TEXT DEFAULT '' NOT NULL, revealed VARCHAR(40), 
	PRIMARY KEY (id), 
	FOREIGN KEY(assignment_id) REFERENCES assignment (id), 
	UNIQUE (assignment_id, version)
);
INSERT INTO "grading" VALUES(1,1,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:19:54.366644+00:00','2026-12-01T01:19:55.272857+00:00','{"at": "2026-12-01T01:19:55.272857+00:00", "meaning": "These labels were read from files.", "name": "Ada"}',NULL);
INSERT INTO "grading" VALUES(2,2,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:19:55.482131+00:00','2026-12-01T01:19:56.152843+00:00','{"at": "2026-12-01T01:19:56.152843+00:00", "meaning": "These labels were read from files.", "name": "Ben"}',NULL);
INSERT INTO "grading" VALUES(3,3,1,'{"gradability": "good", "dr": 2}','[]','','2026-12-01T01:19:56.333918+00:00','2026-12-01T01:19:56.940800+00:00','{"at": "2026-12-01T01:19:56.940800+00:00", "meaning": "These labels were read from files.", "name": "Cleo"}',NULL);
INSERT INTO "grading" VALUES(4,4,1,'{}','[]','blurred at the edge','2026-12-01T01:19:57.063337+00:00',NULL,'',NULL);
CREATE TABLE image (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	file VARCHAR(100) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	source_sha256 VARCHAR(64) NOT NULL, 
	modality VARCHAR(10) NOT NULL, 
	eye VARCHAR(2) NOT NULL, 
	patient VARCHAR(40) NOT NULL, 
	split VARCHAR(10) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	imported VARCHAR(40) NOT NULL, spacing_x DOUBLE, spacing_y DOUBLE, acquired VARCHAR(10) DEFAULT '' NOT NULL, volume VARCHAR(40) DEFAULT '' NOT NULL, bscan INTEGER DEFAULT '0' NOT NULL, bscans INTEGER DEFAULT '0' NOT NULL, source_name VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	UNIQUE (source_sha256)
);
INSERT INTO "image" VALUES(1,'p1_OD','10/1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5.png','1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5','ab3d3132581e8c185dc0c6dcaf1b39e14163475d2e5fa49aa205b0522c1d0e38','fundus','OD','P-395d1ed600a5','',60,40,'2026-12-01T01:19:53.340611+00:00',NULL,NULL,'','',0,0,'');
INSERT INTO "image" VALUES(2,'p1_OS','b8/b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3.png','b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3','69d61d5ac16caa9aa05e5b8ba322730a98ac991ae91b7fd1d1462542cc137b54','fundus','OS','P-395d1ed600a5','',60,40,'2026-12-01T01:19:53.517805+00:00',NULL,NULL,'','',0,0,'');
CREATE TABLE patient_split (
	patient VARCHAR(40) NOT NULL, 
	split VARCHAR(10) NOT NULL, 
	decided VARCHAR(40) NOT NULL, 
	PRIMARY KEY (patient)
);
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	model VARCHAR(20) NOT NULL, 
	weights_hash VARCHAR(64) NOT NULL, 
	shapes TEXT NOT NULL, 
	scores TEXT NOT NULL, 
	grades TEXT NOT NULL, 
	cam BLOB, 
	seconds DOUBLE NOT NULL, 
	created VARCHAR(40) NOT NULL, probabilities TEXT DEFAULT '{}' NOT NULL, measures TEXT DEFAULT '{}' NOT NULL, cams TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	UNIQUE (image_id, model, weights_hash)
);
CREATE TABLE rejection (
	proposal_id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	shape_id VARCHAR(64) NOT NULL, 
	PRIMARY KEY (proposal_id, grading_id, shape_id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id), 
	FOREIGN KEY(proposal_id) REFERENCES proposal (id)
);
CREATE TABLE setting (
	"key" VARCHAR(50) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "setting" VALUES('required_grades','["dr"]');
CREATE TABLE shape (
	grading_id INTEGER NOT NULL, 
	shape_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	label VARCHAR(20) NOT NULL, 
	form TEXT NOT NULL, 
	PRIMARY KEY (grading_id, shape_id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "shape" VALUES(1,'82e154746cf54a4780b684a479ca8257',1,'OD','{"id": "82e154746cf54a4780b684a479ca8257", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 31.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(1,'29a7947014754d39a1ff21f2520f0e7b',2,'MA','{"id": "29a7947014754d39a1ff21f2520f0e7b", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'71cdcfae39554dbf8b172b0d112b2e14',1,'OD','{"id": "71cdcfae39554dbf8b172b0d112b2e14", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 32.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'0d9f32aee4224e6394e24c98118be230',2,'MA','{"id": "0d9f32aee4224e6394e24c98118be230", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'6e9b0a82df60415dba0d8a2bd2dd873d',1,'OD','{"id": "6e9b0a82df60415dba0d8a2bd2dd873d", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 33.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'2fbf6b9d46934a148c55d9bf4b0d9567',2,'MA','{"id": "2fbf6b9d46934a148c55d9bf4b0d9567", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(4,'c7d86e4607fa4e03983f31fc1cb972f0',1,'fovea','{"id": "c7d86e4607fa4e03983f31fc1cb972f0", "label": "fovea", "origin": "drawn", "geometry": {"kind": "point", "x": 20.0, "y": 21.0}}');
CREATE TABLE study (
	id VARCHAR(32) NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	software_version VARCHAR(40) NOT NULL, 
	pseudonym_key VARCHAR(64) NOT NULL, 
	audit_head VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "study" VALUES('618ae5ee69924679a1fb16e4ff6b89dc','2026-12-01T01:19:52.424428+00:00','0.1.0','94cf9e17ecad2d7214c41d5f0f90eddd0c889514f4ff6996b50594248b2afc52','0c9fc52cb604f92278382d8ef2547c2badbb5fb916f26d2dcfe60a0c29101849');
CREATE INDEX ix_edit_grading ON edit (grading_id, sequence);
CREATE INDEX ix_shape_position ON shape (grading_id, position);
CREATE INDEX ix_image_source_name ON image (source_name);
CREATE UNIQUE INDEX ix_edit_token ON edit (token);
CREATE INDEX ix_assignment_grader_id ON assignment (grader_id);
CREATE INDEX ix_decision_image_id ON decision (image_id);
COMMIT;
