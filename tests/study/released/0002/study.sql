BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE assignment (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	grader_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	UNIQUE (image_id, grader_id)
);
INSERT INTO "assignment" VALUES(1,1,1,'submitted',8);
INSERT INTO "assignment" VALUES(2,1,2,'submitted',8);
INSERT INTO "assignment" VALUES(3,1,3,'submitted',8);
INSERT INTO "assignment" VALUES(4,2,1,'in progress',2);
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
INSERT INTO "audit" VALUES(1,'2026-12-01T01:18:00.231655+00:00','system','create','study','{"software_version": "0.1.0"}','ffae4cc007560a7dd6eda5909e23848b2bfc7ce159ce5b0225cf3c6622763cad');
INSERT INTO "audit" VALUES(2,'2026-12-01T01:18:00.682255+00:00','system','import','image:1','{"eye": "OD", "modality": "fundus", "name": "p1_OD", "patient": "P-292e58410ff4", "sha256": "1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5"}','afa54e89aa7da98c2af5a5a358521d005601beb193c3c24056607869117f72f4');
INSERT INTO "audit" VALUES(3,'2026-12-01T01:18:00.682358+00:00','system','import','image:2','{"eye": "OS", "modality": "fundus", "name": "p1_OS", "patient": "P-292e58410ff4", "sha256": "b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3"}','4a02a3e65b8c5930170d72021e63a86a936ead817ff44a86344cdc8931fbbb09');
INSERT INTO "audit" VALUES(4,'2026-12-01T01:18:00.786216+00:00','system','add grader','grader:1','{"name": "Ada", "role": "grader"}','eba8dbcd8e30736acadb7ca468311588fd2ea30a46ac83e07a2a1e5e96a49d78');
INSERT INTO "audit" VALUES(5,'2026-12-01T01:18:00.857676+00:00','system','add grader','grader:2','{"name": "Ben", "role": "grader"}','9c51d1870ecc3f3871398fbe786c9ae0723bbdcc2ae0b82b8b997773cc7d0fed');
INSERT INTO "audit" VALUES(6,'2026-12-01T01:18:00.926303+00:00','system','add grader','grader:3','{"name": "Cleo", "role": "grader"}','25f08e3363298efea56996eb9f71e5b6e9133be50e7a927e9d6115187933b9b5');
INSERT INTO "audit" VALUES(7,'2026-12-01T01:18:00.964589+00:00','system','add grader','grader:4','{"name": "Weber", "role": "adjudicator"}','b244fc99001da2e34a9c8f2b1c35d81d30f55a67b8028678481fabebc082a12a');
INSERT INTO "audit" VALUES(8,'2026-12-01T01:18:01.090704+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "0e173f438c784928a10e83c4705ace93", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add OD"}','4ea7cb4d963b3d86630a55befca6fa3df71fb28de8e03e0fb68c8c2970910cd9');
INSERT INTO "audit" VALUES(9,'2026-12-01T01:18:01.209047+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "0136ed7134d84a1bacf3a362cec635f5", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','cee4d656dfd08525e2938561be920a6b87340f42b5698dd60b129fadaaa0dbc8');
INSERT INTO "audit" VALUES(10,'2026-12-01T01:18:01.286453+00:00','Ada','undo','image:1/grading:1','{"edit": 9}','0f733266807de2acce715314d7a807bcaeb658045c3cdd4b52e5d018b348cd39');
INSERT INTO "audit" VALUES(11,'2026-12-01T01:18:01.317662+00:00','Ada','redo','image:1/grading:1','{"edit": 9}','4b20fab2e9f05eddddc37ad13823584024c9676b0088c17b6314a7fc82149366');
INSERT INTO "audit" VALUES(12,'2026-12-01T01:18:01.407422+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "0e173f438c784928a10e83c4705ace93", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "0e173f438c784928a10e83c4705ace93", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','5b13b55c014cb7a8ac0c4925d71542e1837a0554775416d4cd354f921e61b4dd');
INSERT INTO "audit" VALUES(13,'2026-12-01T01:18:01.437650+00:00','Ada','edit','image:1/grading:1','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','120e3a79d9adac6634ca6a903acbca46d1a63ed133de5f57a6eb2cc9279d66c8');
INSERT INTO "audit" VALUES(14,'2026-12-01T01:18:01.548389+00:00','Ada','edit','image:1/grading:1','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','623915e022b4f65d7839a7bdbe08c4e20ec977fb3ef66d5fc9214ad3192f33ff');
INSERT INTO "audit" VALUES(15,'2026-12-01T01:18:01.622162+00:00','Ada','submit','image:1/grading:1','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "0e173f438c784928a10e83c4705ace93", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "0136ed7134d84a1bacf3a362cec635f5", "label": "MA", "origin": "drawn"}]}','95fb03c3d2219f9918b7a08b5bb85f9e7924d5fd11cea15d0b7edcfd2a6bc38d');
INSERT INTO "audit" VALUES(16,'2026-12-01T01:18:01.682010+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "efc3db2463a748699e303678efe5550d", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add OD"}','974240aa11fd220c31b0d18983e8132b5c85d681780bb40a4abdb38b8189822b');
INSERT INTO "audit" VALUES(17,'2026-12-01T01:18:01.748427+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "5373a743861a47b081e131687770a0d5", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','2d95dd0271c368eede8d56cff0e8327c6ad3c4c30ace512a4b662a3e79b96967');
INSERT INTO "audit" VALUES(18,'2026-12-01T01:18:01.771362+00:00','Ben','undo','image:1/grading:2','{"edit": 17}','c38ab6ff2405ee251aa9d9d536d785f44c024f44af19084c235aace201555e33');
INSERT INTO "audit" VALUES(19,'2026-12-01T01:18:01.844281+00:00','Ben','redo','image:1/grading:2','{"edit": 17}','b003b4f3cc33670c7747daeffb9c84fdc7dc18ef6531ea5cb123c4f77e775cd9');
INSERT INTO "audit" VALUES(20,'2026-12-01T01:18:01.880237+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "efc3db2463a748699e303678efe5550d", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "efc3db2463a748699e303678efe5550d", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','63fb4e161496f5759cd97cf99c09b89c2cbefd51ea619bf51856a3cacea4e324');
INSERT INTO "audit" VALUES(21,'2026-12-01T01:18:01.902435+00:00','Ben','edit','image:1/grading:2','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','13d0e925b1d93460bbe84ffd9b735b8331585648d7d246c4a52b3d5926e51fe1');
INSERT INTO "audit" VALUES(22,'2026-12-01T01:18:01.976424+00:00','Ben','edit','image:1/grading:2','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','b4295420cd2d61a2a0d5cf6f0cba3fe227b0346849643cd3c76aac30fd0712d9');
INSERT INTO "audit" VALUES(23,'2026-12-01T01:18:02.018287+00:00','Ben','submit','image:1/grading:2','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "efc3db2463a748699e303678efe5550d", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "5373a743861a47b081e131687770a0d5", "label": "MA", "origin": "drawn"}]}','f6b94a3746adaa91f93346a67fe31d23a7d15523efefd71ea39fd6035775a295');
INSERT INTO "audit" VALUES(24,'2026-12-01T01:18:02.083221+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "43fa692b7d9149f28fa1db81a4a552c0", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add OD"}','7253447070943d2b9728ffe2c29f9a3b96ba7e5c1690c3e6a7b63f97e00f80af');
INSERT INTO "audit" VALUES(25,'2026-12-01T01:18:02.220433+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "018b40b9434d456ba8c8e34e7e345ce7", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','99b603c39ce8e58bc858e15b68321691b1cafdc73d91bb5478d3e3b5dda27eae');
INSERT INTO "audit" VALUES(26,'2026-12-01T01:18:02.248620+00:00','Cleo','undo','image:1/grading:3','{"edit": 25}','740123a2a43542c7428d1b4579abf552a7f913fb7113927d3540cda93d09704b');
INSERT INTO "audit" VALUES(27,'2026-12-01T01:18:02.292619+00:00','Cleo','redo','image:1/grading:3','{"edit": 25}','59691a32d8530c408266428c3c7b09dfa2be7fdf1bbb1b24dbff86000fa81a31');
INSERT INTO "audit" VALUES(28,'2026-12-01T01:18:02.336378+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "43fa692b7d9149f28fa1db81a4a552c0", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "43fa692b7d9149f28fa1db81a4a552c0", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','33836cf2683eb83a303f9f19126e07feb3549abe3ac03f36f71dd1250b9b3cec');
INSERT INTO "audit" VALUES(29,'2026-12-01T01:18:02.360180+00:00','Cleo','edit','image:1/grading:3','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','8216e6c5ca43f99fbd189b32a57eacc2bc4d1a0a104d5b6814fd848c67acf30f');
INSERT INTO "audit" VALUES(30,'2026-12-01T01:18:02.372383+00:00','Cleo','edit','image:1/grading:3','{"after": 2, "before": null, "edit": "grade", "scale": "dr"}','71f0a3d3d90f8c5bcf7abb12480f331a1775562c3d2accbac25322e2d5ba2250');
INSERT INTO "audit" VALUES(31,'2026-12-01T01:18:02.401632+00:00','Cleo','submit','image:1/grading:3','{"absent": [], "comment": "", "grades": {"dr": 2, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "43fa692b7d9149f28fa1db81a4a552c0", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "018b40b9434d456ba8c8e34e7e345ce7", "label": "MA", "origin": "drawn"}]}','d694497f73627957f817c36001ed635ddf7ad81d46f92fc730e301dd1541fa9f');
INSERT INTO "audit" VALUES(32,'2026-12-01T01:18:02.482224+00:00','Ada','edit','image:2/grading:4','{"after": "blurred at the edge", "before": "", "edit": "comment"}','d8326756ce09a7f6f0fc663b14dcdd53ca02eca6704d77caf9ed4e848e19a38a');
INSERT INTO "audit" VALUES(33,'2026-12-01T01:18:02.540553+00:00','Ada','edit','image:2/grading:4','{"after": [{"geometry": {"kind": "point", "x": 20.0, "y": 21.0}, "id": "cfd27d0c5a97445eb99aebffad99de26", "label": "fovea", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add fovea"}','88a66b22e767ecdd48c86496f8f063d20c1ded005ae5bd985c0fce035b015ec6');
INSERT INTO "audit" VALUES(34,'2026-12-01T01:18:02.833085+00:00','system','vote','image:1','{"drawn_by": {"MA": ["Ada", "Ben", "Cleo"], "OD": ["Ada", "Ben", "Cleo"]}, "grades": {"dr": 1, "gradability": "good"}, "labels": {"CWS": "none", "FiP": "none", "HaEx": "none", "MA": "mask", "NV": "none", "OD": "mask", "iHE": "none", "pHE": "none", "vHE": "none"}, "points": {}, "reasons": [], "state": "settled", "votes": {"dr": {"Ada": 1, "Ben": 1, "Cleo": 2}, "gradability": {"Ada": "good", "Ben": "good", "Cleo": "good"}}}','b1f4e9c1ab17a08cd95153c22e96115acb4becb21d66bb87880492df2987a46f');
INSERT INTO "audit" VALUES(35,'2026-12-01T01:18:02.955510+00:00','Ada','set','setting:required_grades','{"before": null, "value": ["dr"]}','b124310f576352e09643fe54e9518989d92316fcad9f536087321d52bef85974');
CREATE TABLE consensus (
	image_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	outcome TEXT NOT NULL, 
	settled VARCHAR(40) NOT NULL, 
	PRIMARY KEY (image_id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
INSERT INTO "consensus" VALUES(1,'settled','{"drawn_by": {"MA": ["Ada", "Ben", "Cleo"], "OD": ["Ada", "Ben", "Cleo"]}, "grades": {"dr": 1, "gradability": "good"}, "labels": {"CWS": "none", "FiP": "none", "HaEx": "none", "MA": "mask", "NV": "none", "OD": "mask", "iHE": "none", "pHE": "none", "vHE": "none"}, "points": {}, "reasons": [], "state": "settled", "votes": {"dr": {"Ada": 1, "Ben": 1, "Cleo": 2}, "gradability": {"Ada": "good", "Ben": "good", "Cleo": "good"}}}','2026-12-01T01:18:02.831787+00:00');
CREATE TABLE edit (
	id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	audit_id INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(audit_id) REFERENCES audit (id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "edit" VALUES(1,1,1,'applied',8);
INSERT INTO "edit" VALUES(2,1,2,'applied',9);
INSERT INTO "edit" VALUES(3,1,3,'applied',12);
INSERT INTO "edit" VALUES(4,1,4,'applied',13);
INSERT INTO "edit" VALUES(5,1,5,'applied',14);
INSERT INTO "edit" VALUES(6,2,1,'applied',16);
INSERT INTO "edit" VALUES(7,2,2,'applied',17);
INSERT INTO "edit" VALUES(8,2,3,'applied',20);
INSERT INTO "edit" VALUES(9,2,4,'applied',21);
INSERT INTO "edit" VALUES(10,2,5,'applied',22);
INSERT INTO "edit" VALUES(11,3,1,'applied',24);
INSERT INTO "edit" VALUES(12,3,2,'applied',25);
INSERT INTO "edit" VALUES(13,3,3,'applied',28);
INSERT INTO "edit" VALUES(14,3,4,'applied',29);
INSERT INTO "edit" VALUES(15,3,5,'applied',30);
INSERT INTO "edit" VALUES(16,4,1,'applied',32);
INSERT INTO "edit" VALUES(17,4,2,'applied',33);
CREATE TABLE grader (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "grader" VALUES(1,'Ada','grader');
INSERT INTO "grader" VALUES(2,'Ben','grader');
INSERT INTO "grader" VALUES(3,'Cleo','grader');
INSERT INTO "grader" VALUES(4,'Weber','adjudicator');
CREATE TABLE grading (
	id INTEGER NOT NULL, 
	assignment_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	grades TEXT NOT NULL, 
	absent TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	submitted VARCHAR(40), 
	PRIMARY KEY (id), 
	FOREIGN KEY(assignment_id) REFERENCES assignment (id), 
	UNIQUE (assignment_id, version)
);
INSERT INTO "grading" VALUES(1,1,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:18:01.089324+00:00','2026-12-01T01:18:01.573693+00:00');
INSERT INTO "grading" VALUES(2,2,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:18:01.681538+00:00','2026-12-01T01:18:02.017312+00:00');
INSERT INTO "grading" VALUES(3,3,1,'{"gradability": "good", "dr": 2}','[]','','2026-12-01T01:18:02.082587+00:00','2026-12-01T01:18:02.400990+00:00');
INSERT INTO "grading" VALUES(4,4,1,'{}','[]','blurred at the edge','2026-12-01T01:18:02.481811+00:00',NULL);
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
INSERT INTO "image" VALUES(1,'p1_OD','10/1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5.png','1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5','ab3d3132581e8c185dc0c6dcaf1b39e14163475d2e5fa49aa205b0522c1d0e38','fundus','OD','P-292e58410ff4','',60,40,'2026-12-01T01:18:00.652138+00:00',NULL,NULL,'','',0,0,'');
INSERT INTO "image" VALUES(2,'p1_OS','b8/b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3.png','b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3','69d61d5ac16caa9aa05e5b8ba322730a98ac991ae91b7fd1d1462542cc137b54','fundus','OS','P-292e58410ff4','',60,40,'2026-12-01T01:18:00.652520+00:00',NULL,NULL,'','',0,0,'');
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
	created VARCHAR(40) NOT NULL, 
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
INSERT INTO "shape" VALUES(1,'0e173f438c784928a10e83c4705ace93',1,'OD','{"id": "0e173f438c784928a10e83c4705ace93", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 31.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(1,'0136ed7134d84a1bacf3a362cec635f5',2,'MA','{"id": "0136ed7134d84a1bacf3a362cec635f5", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'efc3db2463a748699e303678efe5550d',1,'OD','{"id": "efc3db2463a748699e303678efe5550d", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 32.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'5373a743861a47b081e131687770a0d5',2,'MA','{"id": "5373a743861a47b081e131687770a0d5", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'43fa692b7d9149f28fa1db81a4a552c0',1,'OD','{"id": "43fa692b7d9149f28fa1db81a4a552c0", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 33.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'018b40b9434d456ba8c8e34e7e345ce7',2,'MA','{"id": "018b40b9434d456ba8c8e34e7e345ce7", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(4,'cfd27d0c5a97445eb99aebffad99de26',1,'fovea','{"id": "cfd27d0c5a97445eb99aebffad99de26", "label": "fovea", "origin": "drawn", "geometry": {"kind": "point", "x": 20.0, "y": 21.0}}');
CREATE TABLE study (
	id VARCHAR(32) NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	software_version VARCHAR(40) NOT NULL, 
	pseudonym_key VARCHAR(64) NOT NULL, 
	audit_head VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "study" VALUES('7a93958ced3e4aee8324ad203414bf3b','2026-12-01T01:18:00.128190+00:00','0.1.0','bb5108d3dd939e71492e0face6e64fd0c0004ee8b01f5b145539e9bd05edda8c','b124310f576352e09643fe54e9518989d92316fcad9f536087321d52bef85974');
CREATE INDEX ix_assignment_grader_id ON assignment (grader_id);
CREATE INDEX ix_edit_grading ON edit (grading_id, sequence);
CREATE INDEX ix_shape_position ON shape (grading_id, position);
CREATE INDEX ix_image_source_name ON image (source_name);
COMMIT;
